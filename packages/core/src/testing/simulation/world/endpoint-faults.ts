import type { Timer } from '../../../runtime/clock.ts'
import type { ScriptedEndpoint, ScriptedMode } from '../../scripted/scripted-endpoint.ts'
import type { VirtualClock } from '../../virtual-clock.ts'
import type { Draw } from '../plan/draw.ts'
import type { FaultKind } from '../plan/features.ts'

export interface FaultTarget {
  readonly clock: VirtualClock
  readonly draw: Draw
  readonly timeoutMs: number
  readonly servers: readonly ScriptedEndpoint[]
  /** Another one, for faults that take two. */
  readonly other: ScriptedEndpoint | undefined
}

export interface BegunFault {
  /** Ends it; missing where it was over at once. */
  readonly heal?: () => void
  readonly alsoAffected?: readonly string[]
}

/** Does to the servers what the fault says. */
export const beginFault = (kind: FaultKind, target: FaultTarget): BegunFault => {
  const { servers, draw, timeoutMs } = target
  switch (kind) {
    case 'hung':
    case 'all-hung':
      return mode(servers, 'hung')
    case 'refusing':
      return mode(servers, 'refusing')
    case 'resetting':
      return mode(servers, 'resetting')
    case 'loading':
      return mode(servers, 'loading')
    case 'read-only':
      return mode(servers, 'readOnly')
    case 'wrong-password':
      return mode(servers, 'wrongPassword')
    case 'too-many-connections':
      return mode(servers, 'tooManyConnections')
    case 'name-not-found':
      return mode(servers, 'nameNotFound')
    case 'slow': {
      const longest = draw.between(0.5, 2.5) * timeoutMs
      const shortest = draw.chance(0.5) ? longest * 0.8 : 0
      return mode(servers, { slow: () => draw.between(shortest, longest) })
    }
    case 'a-little-slow': {
      const longest = draw.between(0.05, 0.4) * timeoutMs
      return mode(servers, { slow: () => draw.between(0, longest) })
    }
    case 'crashed':
    case 'all-crashed':
      for (const server of servers) server.crash()
      return { heal: () => restart(servers) }
    case 'connections-killed':
      for (const server of servers) server.killConnections()
      return {}
    case 'kill-storm':
      return repeat(target, 100, 100, (server) => server.killConnections())
    case 'connection-half-open': {
      // Whoever borrows a native client has to time it out himself.
      const open = servers.flatMap(({ connections }) => connections).filter(({ purpose }) => purpose !== 'lease')
      if (open.length > 0) draw.pick(open).blackhole()
      return {}
    }
    case 'flapping-hard':
      return flap(
        target,
        (server) => server.crash(),
        (server) => server.restart(),
      )
    case 'flapping-softly':
      return flap(
        target,
        (server) => server.setMode('hung'),
        (server) => server.setMode('ok'),
      )
    case 'stale-primary':
      return stalePrimary(target)
    default:
      return {}
  }
}

const mode = (servers: readonly ScriptedEndpoint[], to: ScriptedMode): BegunFault => {
  for (const server of servers) server.setMode(to)
  return {
    heal: () => {
      for (const server of servers) server.setMode('ok')
    },
  }
}

const restart = (servers: readonly ScriptedEndpoint[], keepData = true): void => {
  for (const server of servers) server.restart({ keepData })
}

const repeat = (
  { clock, servers }: FaultTarget,
  firstMs: number,
  everyMs: number,
  act: (server: ScriptedEndpoint, round: number) => void,
): BegunFault => {
  let timer: Timer
  let round = 0
  const next = (delayMs: number): void => {
    timer = clock.scheduleOutside(() => {
      for (const server of servers) act(server, round)
      round += 1
      next(everyMs)
    }, delayMs)
  }
  next(firstMs)
  return { heal: () => timer.cancel() }
}

const flap = (
  target: FaultTarget,
  fail: (server: ScriptedEndpoint) => void,
  recover: (server: ScriptedEndpoint) => void,
): BegunFault => {
  const begun = repeat(target, 0, target.draw.between(200, 5000), (server, round) =>
    round % 2 === 0 ? fail(server) : recover(server),
  )
  return {
    heal: () => {
      begun.heal?.()
      for (const server of target.servers) recover(server)
    },
  }
}

const stalePrimary = ({ servers: [primary], other, clock, draw }: FaultTarget): BegunFault => {
  if (primary === undefined || other === undefined) return {}
  other.replicaOf(primary, { delayMs: 5 })
  const promotion = clock.scheduleOutside(() => other.promote(), draw.between(100, 3000))
  return {
    alsoAffected: [other.id],
    heal: () => {
      promotion.cancel()
      other.promote()
      // Without the data they are no relatives any more.
      for (const server of [primary, other]) server.crash()
      restart([primary, other], false)
    },
  }
}
