import type { ClientAdapter } from '../../adapter/client-adapter.ts'
import type { Random } from '../../runtime/random.ts'
import { seededRandom } from '../seeded-random.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { type ScriptedClient, ScriptedConnection, type ScriptedOptions } from './scripted-connection.ts'
import { type ExecutedCommand, ScriptedEndpoint } from './scripted-endpoint.ts'
import { classifyScriptedError } from './scripted-errors.ts'

export interface ScriptedAdapterOptions {
  readonly clock: VirtualClock
  /** Makes the run ids of the endpoints. Default `seededRandom('scripted')`. */
  readonly random?: Random
  /** The usual round trip in milliseconds. Default 0.2. */
  readonly latency?: number
  /** Which executed commands the log keeps; say no to probes in long simulations. Default: all. */
  readonly keepInLog?: (executed: ExecutedCommand) => boolean
}

/** An adapter without a network, whose endpoints do what a test tells them to. */
export interface ScriptedAdapter extends ClientAdapter<ScriptedClient, ScriptedOptions> {
  /** The scripted endpoint of that address (by default an endpoint's id); it is `ok` until told otherwise. */
  endpoint(address: string): ScriptedEndpoint
  /** What all endpoints have executed, in order. Commands that were refused (LOADING, READONLY, ...) are not in it. */
  readonly log: readonly ExecutedCommand[]
}

/**
 * Makes an adapter whose endpoints are scripts on a virtual clock.
 *
 * ```ts
 * const clock = new VirtualClock()
 * const adapter = createScriptedAdapter({ clock })
 * adapter.endpoint('east').setMode('hung')
 * ```
 */
export const createScriptedAdapter = ({
  clock,
  random = seededRandom('scripted'),
  latency = 0.2,
  keepInLog = () => true,
}: ScriptedAdapterOptions): ScriptedAdapter => {
  const log: ExecutedCommand[] = []
  const endpoints = new Map<string, ScriptedEndpoint>()
  let connectionIds = 0

  const endpoint = (address: string): ScriptedEndpoint => {
    const known = endpoints.get(address)
    if (known !== undefined) return known
    const made = new ScriptedEndpoint({ id: address, clock, random, latencyMs: latency, keepInLog, sharedLog: log })
    endpoints.set(address, made)
    return made
  }

  return {
    name: 'scripted',
    log,
    endpoint,
    createConnection: (request) => {
      connectionIds += 1
      return new ScriptedConnection(connectionIds, endpoint(request.options.address ?? request.endpointId), request)
    },
    classifyError: classifyScriptedError,
    endpointKind: (options) => options.kind ?? 'single',
    describeAddress: (options) => options.address ?? 'scripted',
  }
}
