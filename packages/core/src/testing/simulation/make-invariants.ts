import type { GroupModel } from './group-model.ts'
import { commandsInvariant, retryBudgetInvariant } from './invariants/commands.ts'
import { detectionInvariant, type ServerNews } from './invariants/detection.ts'
import { eventsInvariant } from './invariants/events.ts'
import { figuresInvariant } from './invariants/figures.ts'
import { healthInvariant } from './invariants/health.ts'
import type { Invariant, Observed } from './invariants/invariant.ts'
import { lossesInvariant } from './invariants/losses.ts'
import { movesInvariant } from './invariants/moves.ts'
import { probesInvariant } from './invariants/probes.ts'
import { selectionInvariant } from './invariants/selection.ts'
import { isHarmless } from './settings-of.ts'
import type { BuiltWorld } from './world/build-world.ts'

/** For so long after a stall or an operator's call, bounds on time do not hold, in milliseconds. */
const DISTURBED_MS = 15_000

/** Every invariant that is watched while the simulation runs. */
export const makeInvariants = (
  { plan, world, servers, faults, operators, settings }: BuiltWorld,
  model: GroupModel,
  report: (invariant: number, text: string) => void,
): { readonly invariants: readonly Invariant[]; readonly news: ServerNews } => {
  const now = (): number => world.clock.now()
  const observed: Observed = {
    now,
    model,
    snapshot: () => world.group.snapshot(),
    settings,
    report,
    truth: {
      wellSince: (id) => servers.wellSince(id),
      lastStall: () => faults.lastStall,
      lastOperationAt: () => operators.lastAt,
      isHarmless: isHarmless(plan, settings),
    },
  }
  const detection = detectionInvariant(observed, {
    wellIds: () => servers.ids.filter((id) => now() - servers.wellSince(id) > DISTURBED_MS),
    canServe: () =>
      plan.hostilities.length === 0 &&
      world.group.lifecycle === 'started' &&
      now() - operators.lastAt > DISTURBED_MS &&
      now() - faults.lastStall.to > DISTURBED_MS,
  })
  const invariants = [
    lossesInvariant(world.ledger)(observed),
    selectionInvariant(observed),
    movesInvariant(observed),
    healthInvariant(observed),
    commandsInvariant((write) => world.ledger.executionOf(write)?.endpointIds ?? [])(observed),
    retryBudgetInvariant(() => world.ledger.losses)(observed),
    eventsInvariant(observed),
    figuresInvariant(observed),
    probesInvariant(observed),
    detection,
  ]
  return { invariants, news: detection }
}
