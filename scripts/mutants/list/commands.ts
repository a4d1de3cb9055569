import type { Mutant } from '../mutant.ts'

const POLICY = 'packages/core/src/retry/retry-policy.ts'
const WAITING = 'packages/core/src/routing/waiting-commands.ts'
const POOL = 'packages/core/src/pool/endpoint-pool.ts'

export const commandMutants: readonly Mutant[] = [
  {
    name: 'ambiguous-writes-repeated',
    breaks: 'A write that a hung server executes later runs twice.',
    file: POLICY,
    find: "if (outcome === 'ambiguous' && !(facts.repeatable && unit !== 'transaction')) return { action: 'ambiguous' }",
    replace: '',
  },
  {
    name: 'transactions-repeated',
    breaks: 'A transaction without an answer runs twice.',
    file: POLICY,
    find: "!(facts.repeatable && unit !== 'transaction')",
    replace: '!facts.repeatable',
  },
  {
    name: 'half-run-pipelines-repeated',
    breaks: 'Commands of a pipeline beside a refused one run twice.',
    file: POLICY,
    find: "if (outcome === 'rejected' && unit === 'pipeline' && !facts.repeatable) return { action: 'give-up' }",
    replace: '',
  },
  {
    name: 'full-servers-asked-again',
    breaks: 'OOM and the like are repeated on the server that said so.',
    file: POLICY,
    find: "if (outcome === 'rejected' && facts.retry === 'switch-only' && !endpointLeft) return { action: 'give-up' }",
    replace: '',
  },
  {
    name: 'endless-attempts',
    breaks: 'A command is repeated for ever.',
    file: POLICY,
    find: "if (facts.attempt >= facts.maxAttempts) return { action: 'give-up' }",
    replace: '',
  },
  {
    name: 'no-retry-budget',
    breaks: 'Repeats overrun an endpoint in trouble.',
    file: 'packages/core/src/retry/begin-repeat.ts',
    find: 'if (!free && !ports.takeFromBudget()) {',
    replace: 'if (false) {',
  },
  {
    name: 'refused-writes-do-not-wait',
    breaks: 'A planned change of roles costs writes.',
    file: 'packages/core/src/routing/refused-writes.ts',
    find: 'return this.#ports.selectionTimeout > 0 && !this.#ports.takesWrites(endpointId)',
    replace: 'return false',
  },
  {
    name: 'waiters-woken-all-at-once',
    breaks: 'What waits goes out whether or not there is a place for it.',
    file: WAITING,
    find: 'if (!mayGo()) return',
    replace: '',
  },
  {
    name: 'waiters-last-in-first-out',
    breaks: 'Commands overtake each other, and the oldest starve.',
    file: WAITING,
    find: 'for (const entry of this.#queue) {',
    replace: 'for (const entry of [...this.#queue].reverse()) {',
  },
  {
    name: 'waiting-without-bound',
    breaks: 'An outage fills the memory.',
    file: WAITING,
    find: 'if (room.count >= room.max) {',
    replace: 'if (false) {',
  },
  {
    name: 'waiting-without-end',
    breaks: 'Commands wait beyond selectionTimeout.',
    file: WAITING,
    find: 'if (timeoutMs > 0) arm(timeoutMs)',
    replace: '',
  },
  {
    name: 'connects-without-bound',
    breaks: 'A restarted server is overrun by connects.',
    file: 'packages/core/src/connections/connect-limiter.ts',
    find: 'if (this.#running >= this.#limit) {',
    replace: 'if (false) {',
  },
  {
    name: 'pool-lends-stale-connections',
    breaks: 'A lease gets a connection of an earlier life of its endpoint.',
    file: POOL,
    find: 'return connection.generation === this.#options.generation() && connection.isUsable()',
    replace: 'return connection.isUsable()',
  },
  {
    name: 'pool-without-maximum',
    breaks: 'Leases open connections until the server refuses them.',
    file: POOL,
    find: 'return this.#size < this.#options.settings.max && this.#connects.begin()',
    replace: 'return this.#connects.begin()',
  },
  {
    name: 'leases-ended-twice',
    breaks: 'A connection that was released twice is lent to two at once.',
    file: POOL,
    find: "if (entry.state !== 'lent' || !this.#entries.has(entry.connection)) return false",
    replace: '',
  },
  {
    name: 'old-subscriber-not-cut-off',
    breaks: 'Messages come twice after the group went away from an endpoint and back.',
    file: 'packages/core/src/pubsub/subscriber.ts',
    find: '    source.stop()\n    this.#refusalReported = false',
    replace: '    this.#refusalReported = false',
  },
]
