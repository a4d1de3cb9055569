import { serverErrorCode } from '../adapter/classify-error.ts'
import type { MessageHandler } from '../adapter/subscriber-link.ts'
import type { EndpointMember } from '../connections/endpoint-member.ts'
import type { LentConnections } from '../connections/lent-connections.ts'
import {
  FailoverError,
  GroupClosedError,
  NoEndpointAvailableError,
  SubscriptionRefusedError,
  WaitingQueueFullError,
} from '../errors.ts'
import { isLive } from '../health/health-state.ts'
import { Subscriber } from '../pubsub/subscriber.ts'
import type { GroupEngine } from './group-engine.ts'

interface SubscriberParts<TClient, TOptions> {
  readonly engine: GroupEngine<TClient, TOptions>
  readonly lent: LentConnections<TClient, TOptions>
  readonly commandTimeout: number | undefined
  readonly onMessage: MessageHandler
  /** @throws GroupClosedError */
  readonly refuseClosed: () => void
}

/** Wires the subscriptions of one transparent client to its group. */
export const makeSubscriber = <TClient, TOptions>({
  engine,
  lent,
  commandTimeout,
  onMessage,
  refuseClosed,
}: SubscriberParts<TClient, TOptions>): Subscriber<TClient> => {
  const { options, timers, bus, adapter, members, routes, state } = engine
  return new Subscriber<TClient>({
    timers,
    stalls: engine.stalls,
    random: options.random,
    room: engine.room,
    selectionTimeout: options.selectionTimeout,
    commandTimeout,
    onMessage,
    openRoute: () => {
      refuseClosed()
      return engine.createRoute({ bound: true })
    },
    closeRoute: (route) => {
      routes.delete(route)
      route.close(false)
    },
    healthOf: (id) => state.get(id).config.health,
    classify: (error) => adapter.classifyError(error),
    answers: async (id) => {
      const member = members.get(id)
      return member !== undefined && (await answersNow(member, options.checks.length > 0))
    },
    replace: (connection, silentMs) => lent.replace(connection, silentMs),
    onMoved: (report, epoch) => bus.emit('subscriptions-moved', { ...report, epoch }),
    onRefused: (endpointId, error) =>
      bus.emit('error', { endpointId, error: new SubscriptionRefusedError(endpointId, codeOf(error)) }),
    onError: (endpointId, cause) =>
      bus.emit('error', {
        endpointId,
        error: new FailoverError('LISTENER', 'A listener of messages failed; the group goes on.', { cause }),
      }),
    noEndpoint: (waitedMs) => new NoEndpointAvailableError(options.name, waitedMs, engine.causes()),
    waitingFull: () => new WaitingQueueFullError(options.name, options.maxWaiting),
    closedError: () => new GroupClosedError(options.name),
  })
}

// Not the error itself: clients attach the command to it, with its channels.
const codeOf = (error: unknown): string => {
  const code = error instanceof Error ? serverErrorCode(error.message) : ''
  return /^[A-Z]+$/.test(code) ? code : 'an error of the client'
}

// A check that is not content with an answer has got one. Where nothing is probed, only a new connection can show it.
const answersNow = async <TClient, TOptions>(
  member: EndpointMember<TClient, TOptions>,
  isProbed: boolean,
): Promise<boolean> => {
  if (!isProbed || (await member.probeNow()) === undefined) return true
  const { health } = member.record
  return isLive(health) && health.livenessStrikes === 0
}
