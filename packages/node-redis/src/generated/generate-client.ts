import type { EventEmitter } from 'node:events'
import {
  type CallLimits,
  type CommandArgument,
  isReadOnlyCommand,
  UnsupportedOperationError,
} from '@redis-endpoint-failover/core'
import type { CommandOptions, Internals } from '../native/internals.ts'
import { withoutLimits } from '../routed/call-options.ts'
import { forwardEvents } from '../routed/lifecycle.ts'
import { MessageListeners, ownPlace } from '../routed/message-listeners.ts'
import { pubSubMethods } from '../routed/pub-sub.ts'
import { Batches } from './batches.ts'
import { factsOfCommand, factsOfMethod, isWait } from './command-words.ts'
import { type AnyGroup, LateRouter } from './late-router.ts'
import { lifecycleOf } from './lifecycle.ts'
import { membersOf } from './members.ts'
import { callOn, VIEW_METHODS, View } from './view.ts'

/** What differs between the kinds of clients. */
export interface GeneratedKind {
  /** The arguments of a raw command among those of `sendCommand()`. */
  readonly rawCommand: (args: readonly unknown[]) => readonly CommandArgument[]
  /** The limits among the options of `sendCommand()`, which come behind the command. */
  readonly rawLimits: (args: readonly unknown[]) => CallLimits | undefined
  /** Methods that hand out something of the active client at once. */
  readonly handles: ReadonlySet<string>
  /** Methods that lend the active client to a function of the caller, or to the caller. */
  readonly lends: ReadonlySet<string>
  /** The client has one connection, which a blocking command would hold up. */
  readonly singleConnection: boolean
  /** It may take one command apart and send the parts to several servers. */
  readonly takesApart: boolean
  /** It has one connection to each primary of a Cluster, which its `masters` and `nodeClient()` show. */
  readonly asksAllPrimaries: boolean
}

export interface GenerateInput<TClient> {
  /** Makes a client that is never connected; only looked at. */
  readonly makePhantom: () => TClient
  readonly kind: GeneratedKind
  readonly group: AnyGroup
  /** `commandOptions.timeout` of the client options. */
  readonly commandTimeout: number | undefined
}

const VIEW = Symbol('view')
type Viewed = { readonly [VIEW]: View }
type Method = (this: Viewed, ...args: unknown[]) => unknown

/**
 * Generates a client with every method of the native one, each of which goes to whichever client is active when it is
 * called. For kinds of clients that have no single place through which all commands pass, and for versions whose inside
 * is not known: it uses nothing but what is public.
 */
export const generateClient = <TClient extends object>(input: GenerateInput<TClient>): TClient => {
  const { kind, group } = input
  const phantom = input.makePhantom()
  const { commandTimeout } = input
  const client = Object.create(phantom, { [VIEW]: { value: new View() } }) as object
  const place = ownPlace((error) => (client as EventEmitter).emit('error', error))
  const listeners = new MessageListeners(place)
  const { onMessage } = listeners
  const { singleConnection: ownBlocking, asksAllPrimaries } = kind
  const router = new LateRouter(group, { ownBlocking, asksAllPrimaries, commandTimeout, onMessage })
  const batches = new Batches(phantom, router)
  const members = membersOf(phantom)
  const lifecycle = lifecycleOf(phantom, router, (overrides) => {
    refuseOverrides(overrides)
    return generateClient(input)
  })
  const own: Record<string, unknown> = {
    ...lifecycle.methods,
    ...pubSubMethods(router, listeners),
    getPubSubListeners: place.listenersOf,
  }

  for (const [method, upperName] of members.methods) {
    define(client, method, own[method] ?? makeMethod(kind, router, batches, method, upperName))
  }
  for (const [namespace, methods] of members.namespaces) {
    const generated: Record<string, Method> = {}
    for (const [method, upperName] of methods)
      generated[method] = makeCommand(kind, router, namespace, method, upperName)
    Object.defineProperty(client, namespace, {
      get(this: Viewed) {
        return Object.create(generated, { [VIEW]: { value: this[VIEW] } })
      },
    })
  }
  for (const getter of members.getters) {
    const get = lifecycle.getters[getter] ?? (() => (router.route.current?.client ?? phantom)[getter as never])
    Object.defineProperty(client, getter, { get, configurable: true })
  }
  // Not all versions have it on all kinds; events say the same.
  if (!members.getters.includes('isReady'))
    Object.defineProperty(client, 'isReady', { get: () => router.route.current !== undefined })
  forwardEvents(client as unknown as Internals, router as unknown as Parameters<typeof forwardEvents>[1])
  return client as TClient
}

const makeMethod = (
  kind: GeneratedKind,
  router: LateRouter,
  batches: Batches,
  method: string,
  upperName: string,
): Method => {
  if (VIEW_METHODS.has(method)) {
    return function view(...args) {
      return Object.create(this, { [VIEW]: { value: this[VIEW].with(method, args) } })
    }
  }
  if (upperName === 'MULTI')
    return function multi(...args) {
      return batches.begin(this[VIEW], args)
    }
  if (method.endsWith('Iterator')) {
    return function iterate(...args) {
      const view = this[VIEW]
      return router.iterate(method, (native) => callOn(view.of(native), undefined, method, args) as AsyncGenerator)
    }
  }
  if (kind.handles.has(method)) {
    return function handle(...args) {
      return callOn(this[VIEW].of(router.active), undefined, method, args)
    }
  }
  if (kind.lends.has(method)) {
    return function lend(...args) {
      const view = this[VIEW]
      return router.lend(method, async (native) => callOn(view.of(native), undefined, method, args))
    }
  }
  if (method === 'sendCommand') {
    return function sendCommand(...args) {
      const view = this[VIEW]
      const raw = kind.rawCommand(args)
      const facts = exactly(kind, factsOfCommand(raw, isReadOnlyCommand(raw)))
      const extras = { args: raw.slice(2), limits: kind.rawLimits(args) ?? view.limits }
      const at = args.indexOf(raw)
      const behind = [raw, withoutLimits(args[at + 1] as CommandOptions | undefined)]
      const own = [...args.slice(0, at), ...behind]
      // The client of one server takes no key.
      if (isWait(facts))
        return router.sendWait(facts, async (node) => callOn(view.of(node), undefined, method, behind), extras)
      return router.send(facts, async (native) => callOn(view.of(native), undefined, method, own), extras)
    }
  }
  return makeCommand(kind, router, undefined, method, upperName)
}

const makeCommand = (
  kind: GeneratedKind,
  router: LateRouter,
  namespace: string | undefined,
  method: string,
  upperName: string,
): Method => {
  const facts = exactly(kind, factsOfMethod(upperName, namespace))
  return function command(...args) {
    const view = this[VIEW]
    // For WAIT, `native` is the client of one server.
    const call = async (native: unknown): Promise<unknown> => callOn(view.of(native), namespace, method, args)
    const extras = { args: args.every(isPlain) ? args : undefined, limits: view.limits }
    return isWait(facts) ? router.sendWait(facts, call, extras) : router.send(facts, call, extras)
  }
}

const exactly = <T extends { mayBeDoneInPart: boolean }>(kind: GeneratedKind, facts: T): T =>
  kind.takesApart ? facts : { ...facts, mayBeDoneInPart: false }

// Only plain arguments stand in the command as they stand in the call; for the user's `isIdempotent`.
const isPlain = (argument: unknown): boolean =>
  typeof argument === 'string' || typeof argument === 'number' || argument instanceof Uint8Array

const define = (client: object, name: string, value: unknown): void => {
  Object.defineProperty(client, name, { value, configurable: true, writable: true })
}

const refuseOverrides = (overrides: unknown): void => {
  if (overrides === undefined || Object.keys(overrides as object).length === 0) return
  throw new UnsupportedOperationError(
    `duplicate() with ${Object.keys(overrides as object).join(', ')}`,
    'a duplicate shares the endpoints of its group; take a view, such as client.withTypeMapping(), or make another group.',
  )
}
