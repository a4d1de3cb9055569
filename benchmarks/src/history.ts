// Writes through faults, and what became of each: `pnpm history [--faults 50] [--client node-redis] [--seed S]`.
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { clientNames } from './client/benchmark-client.ts'
import { runHistory } from './history/run-history.ts'

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '50' },
    client: { type: 'string' },
    seed: { type: 'string', default: randomUUID().slice(0, 8) },
  },
})
const count = Number(values.faults)
const names = clientNames.filter((name) => values.client === undefined || name === values.client)
if (!Number.isInteger(count) || count < 1 || names.length === 0) {
  console.error('pnpm history [--faults 50] [--client node-redis|ioredis] [--seed TEXT]')
  process.exit(2)
}

let isGood = true
for (const client of names) {
  console.log(`${client}, ${count} faults, seed ${values.seed}`)
  const result = await runHistory({
    client,
    faults: count,
    seed: values.seed,
    onFault: (name, number) => console.log(`  ${String(number).padStart(3)} ${name}`),
  })
  const states = result.writes.map(({ outcome }) => outcome.state)
  const counted = ['acknowledged', 'ambiguous', 'refused', 'open'].map(
    (state) => `${states.filter((each) => each === state).length} ${state}`,
  )
  const refusals = new Map<string, number>()
  for (const { outcome } of result.writes)
    if (outcome.state === 'refused') refusals.set(outcome.error, (refusals.get(outcome.error) ?? 0) + 1)
  console.log(`${result.writes.length} writes in ${result.seconds.toFixed(0)} s: ${counted.join(', ')}`)
  console.log(`${result.switches} switches; ${result.faults.length} faults in the history`)
  for (const [error, times] of refusals) console.log(`  refused ${times} times: ${error}`)
  for (const { kind, text } of result.faults.slice(0, 50)) console.log(`  ${kind.toUpperCase()} ${text}`)
  isGood &&= result.faults.length === 0
}
process.exit(isGood ? 0 : 1)
