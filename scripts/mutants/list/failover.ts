import type { Mutant } from '../mutant.ts'

const DECIDE = 'packages/core/src/failover/decide.ts'
const CONTROLLER = 'packages/core/src/failover/controller.ts'
const HOLD_DOWN = 'packages/core/src/failover/hold-down.ts'
const BUS = 'packages/core/src/events/event-bus.ts'

export const failoverMutants: readonly Mutant[] = [
  {
    name: 'choice-before-filter',
    breaks: 'A strategy can choose an endpoint that is DOWN.',
    file: DECIDE,
    find: '      health.stalePrimary === undefined &&\n      isLive(health),',
    replace: '      health.stalePrimary === undefined,',
  },
  {
    name: 'draining-is-a-target',
    breaks: 'Commands move to an endpoint that an operator has taken out of service.',
    file: DECIDE,
    find: "      health.operator === 'in-service' &&\n      health.acceptsConnections &&",
    replace: '      health.acceptsConnections &&',
  },
  {
    name: 'refusing-is-a-target',
    breaks: 'Commands move to an endpoint that accepts no new connections.',
    file: DECIDE,
    find: "      health.operator === 'in-service' &&\n      health.acceptsConnections &&",
    replace: "      health.operator === 'in-service' &&",
  },
  {
    name: 'stale-primary-is-a-target',
    breaks: 'Writes go to a primary that has been replaced, and are lost when it is demoted.',
    file: DECIDE,
    find: '      health.stalePrimary === undefined &&\n',
    replace: '',
  },
  {
    name: 'suspect-beside-up',
    breaks: 'A suspect endpoint is chosen although another is up.',
    file: DECIDE,
    find: "    writable.filter(({ health }) => health.phase.kind === 'up'),",
    replace: '    writable,',
  },
  {
    name: 'no-common-mode-guard',
    breaks: 'A fault of our own network makes the group rotate through its endpoints.',
    file: DECIDE,
    find: 'const wait = soft ? waitForActive(active, candidates, chosen, trouble) : undefined',
    replace: 'const wait = undefined',
  },
  {
    name: 'failback-without-min-stay',
    breaks: 'Voluntary moves follow each other at once.',
    file: DECIDE,
    find: 'const stayedAt = (view.lastSwitchAt ?? -Infinity) + view.failback.minStay',
    replace: 'const stayedAt = -Infinity',
  },
  {
    name: 'failback-without-good-probes',
    breaks: 'The group returns to an endpoint that was not shown to be able.',
    file: DECIDE,
    find: 'if (view.activeChecks && (health.goodProbes < GOOD_PROBES_BEFORE_FAILBACK || !health.capabilityProven))',
    replace: 'if (false)',
  },
  {
    name: 'unstable-best-blocks',
    breaks: 'An unstable best endpoint keeps the group from a stable second-best.',
    file: DECIDE,
    find: 'const chosen = choose(withActive(view, ready, active), active.endpoint)',
    replace: 'const chosen = choose(withActive(view, rivals, active), active.endpoint)',
  },
  {
    name: 'pins-do-not-hold',
    breaks: 'The group leaves the endpoint that an operator has pinned.',
    file: DECIDE,
    find: 'if (view.pinnedId === active.endpoint.id) return stay()',
    replace: '',
  },
  {
    name: 'grace-does-not-grow',
    breaks: 'An endpoint that comes and goes is moved to again and again.',
    file: HOLD_DOWN,
    find: '2 ** (deaths - 1)',
    replace: '1',
  },
  {
    name: 'deaths-forgotten-at-once',
    breaks: 'The hold-down begins anew with each death.',
    file: CONTROLLER,
    find: 'inUse ? recordDeath(holdDown, state.options.random) : holdDown',
    replace: 'inUse ? { deaths: 1, spread: 1 } : holdDown',
  },
  {
    name: 'deaths-never-forgotten',
    breaks: 'A bad hour last month still holds an endpoint down.',
    file: HOLD_DOWN,
    find: 'Math.floor(uninterruptedMs / DEATH_DECAY_MS)',
    replace: '0',
  },
  {
    name: 'grace-survives-down',
    breaks: 'Time up before a death counts towards the return after it.',
    file: 'packages/core/src/health/apply-evidence.ts',
    find: '    dataConnectionLost: false,\n    steady: { bankedMs: 0, since: undefined },\n    troubleSince: state.troubleSince ?? since,',
    replace: '    dataConnectionLost: false,\n    troubleSince: state.troubleSince ?? since,',
  },
  {
    name: 'events-before-state',
    breaks: 'A listener that looks at the snapshot sees what was before.',
    file: CONTROLLER,
    find: '      for (const effect of effects) performEffect(record, effect, this.#options)\n',
    replace:
      '      record.health = before\n      for (const effect of effects) performEffect(record, effect, this.#options)\n      record.health = after\n',
  },
  {
    name: 'events-not-queued',
    breaks: 'An event that a listener causes overtakes the one that it was told of.',
    file: BUS,
    find: 'if (this.#draining) return',
    replace: '',
  },
  {
    name: 'listeners-not-isolated',
    breaks: 'A listener that throws keeps the others, and the failover, from going on.',
    file: BUS,
    find: '    } catch (error) {\n      this.#report(event, error)\n    }',
    replace: '    } catch (error) {\n      throw error\n    }',
  },
  {
    name: 'strategies-are-trusted',
    breaks: 'A strategy that returns what is no candidate is followed.',
    file: 'packages/core/src/selection/strategy-runner.ts',
    find: 'if (picked !== null && allowed[picked.order] === picked) {',
    replace: 'if (picked !== null) {',
  },
]
