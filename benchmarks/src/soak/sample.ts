import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { LevelRule, Point } from './levels-off.ts'

/** What is looked at, how it is called, and how much of it may come on top in the second half of a run. */
export const SERIES = {
  heap: { label: 'heap after a collection (MB)', rule: { share: 0.1, least: 2 } },
  rss: { label: 'resident memory (MB)', rule: { share: 0.15, least: 20 } },
  resources: { label: 'active resources', rule: { share: 0.1, least: 3 } },
  timers: { label: 'timers', rule: { share: 0.1, least: 3 } },
  sockets: { label: 'sockets of this process', rule: { share: 0.1, least: 3 } },
  listeners: { label: 'listeners on the client and the process', rule: { share: 0, least: 0.5 } },
} as const satisfies Record<string, { readonly label: string; readonly rule: LevelRule }>

export type SeriesName = keyof typeof SERIES
export type Samples = Readonly<Record<SeriesName, Point[]>>

const MB = 1024 * 1024

interface Emitter {
  eventNames(): (string | symbol)[]
  listenerCount(name: string | symbol): number
}

const listenersOf = (emitter: Emitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)

/** Makes the collector callable from within, once. */
const exposeGarbageCollection = (): void => {
  if (globalThis.gc !== undefined) return
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc') as NonNullable<typeof globalThis.gc>
}

/** Twice: what the first collection finalizes, the second frees. */
export const collectGarbage = (): void => {
  exposeGarbageCollection()
  globalThis.gc?.()
  globalThis.gc?.()
}

/** Collects the garbage, and looks. */
export const takeSample = (emitters: readonly Emitter[]): Readonly<Record<SeriesName, number>> => {
  collectGarbage()
  const { heapUsed, rss } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo()
  const count = (name: string): number => resources.filter((each) => each === name).length
  return {
    heap: heapUsed / MB,
    rss: rss / MB,
    resources: resources.length,
    timers: count('Timeout') + count('Immediate'),
    sockets: count('TCPSocketWrap') + count('TLSWrap'),
    listeners: [...emitters, process as Emitter].reduce((sum, emitter) => sum + listenersOf(emitter), 0),
  }
}

export const emptySamples = (): Samples =>
  Object.fromEntries(Object.keys(SERIES).map((name) => [name, []])) as unknown as Samples
