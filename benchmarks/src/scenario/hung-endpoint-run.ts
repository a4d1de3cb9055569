import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Address, ClientName, GroupSettings } from '../client/benchmark-client.ts'
import type { ServerPair } from './server-pair.ts'

export interface HungEndpointRequest {
  readonly name: ClientName
  readonly addresses: readonly Address[]
  /** GET commands, handed over at once, in turn with the others. */
  readonly reads: number
  /** INCR commands. */
  readonly writes: number
  /** As far as JSON can say them. */
  readonly settings: GroupSettings
}

/** How many commands ended in which way: `answered`, or the error's code, with whether it may have executed. */
export type Ends = Readonly<Record<string, number>>

export interface HungEndpointResult {
  readonly reads: Ends
  readonly writes: Ends
  /** Commands that had ended when the memory in flight was measured. */
  readonly settledAtPeak: number
  /** Memory of all commands in flight, buffers included, by their number. */
  readonly bytesPerCommand: number
  /** Memory held when all had ended, less what was held before the first. */
  readonly bytesLeft: number
  readonly active: string | undefined
}

const giveUpMs = 50_000

/**
 * Stops the preferred server, and hands commands to a client in a process of its own: nothing else is in the memory
 * that it measures. `program` is the bundled child.
 */
export async function runHungEndpoint(
  program: string,
  servers: ServerPair,
  request: Omit<HungEndpointRequest, 'addresses'>,
): Promise<HungEndpointResult> {
  const child = fork(program, [JSON.stringify({ ...request, addresses: servers.addresses })], {
    // What is young and alive is copied again and again otherwise: most of the run would be that.
    execArgv: ['--expose-gc', '--max-semi-space-size=256'],
    timeout: giveUpMs,
    killSignal: 'SIGKILL',
  })
  const exited = once(child, 'exit')
  let result: HungEndpointResult | undefined
  child.on('message', async (message: { said: string; result?: HungEndpointResult }) => {
    result = message.result
    if (message.said !== 'ready') return
    await servers.east.pause()
    child.send({ said: 'paused' })
  })
  try {
    const [code, signal] = (await exited) as [number | null, string | null]
    if (result === undefined || code !== 0)
      throw new Error(`The child ended with ${code ?? signal}, and said no result.`)
    return result
  } finally {
    await servers.east.resume()
  }
}
