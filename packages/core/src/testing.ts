// What a user of the core needs to test strategies and checks, or to simulate a group on a virtual clock.
export { VirtualClock, type VirtualClockOptions } from './testing/virtual-clock.ts'
export { seededRandom } from './testing/seeded-random.ts'
export {
  createScriptedAdapter,
  type ScriptedAdapter,
  type ScriptedAdapterOptions,
} from './testing/scripted/scripted-adapter.ts'
export type { ScriptedClient, ScriptedConnection, ScriptedOptions } from './testing/scripted/scripted-connection.ts'
export type { ExecutedCommand, ScriptedEndpoint, ScriptedMode } from './testing/scripted/scripted-endpoint.ts'
export { ScriptedClientError, type ScriptedErrorKind } from './testing/scripted/scripted-errors.ts'
