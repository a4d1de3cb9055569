// `pnpm soak [--minutes 30] [--client C] [--seed S] [--calm]`: faults for a long time, and whether anything grows.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { clientNames } from './client/benchmark-client.ts'
import { svgOf } from './report/svg.ts'
import { drawSoak } from './soak/draw-soak.ts'
import { runSoak, verdictOf } from './soak/run-soak.ts'
import { SERIES, type SeriesName } from './soak/sample.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    client: { type: 'string' },
    seed: { type: 'string', default: randomUUID().slice(0, 8) },
    calm: { type: 'boolean', default: false },
    folder: { type: 'string', default: '.figures' },
  },
})
const minutes = Number(values.minutes)
const names = clientNames.filter((name) => values.client === undefined || name === values.client)
if (!(minutes > 0) || names.length === 0) {
  console.error('pnpm soak [--minutes 30] [--client node-redis|ioredis] [--seed TEXT] [--calm] [--folder PATH]')
  process.exit(2)
}

// A process for each core that does nothing but keep it busy: what a machine is like that is shared.
const busy: ChildProcess[] = values.calm
  ? Array.from({ length: availableParallelism() }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    )
  : []
process.on('exit', () => {
  for (const child of busy) child.kill('SIGKILL')
})

let isGood = true
for (const client of names) {
  console.log(
    `${client}: ${minutes} minutes${values.calm ? ' in which nothing fails, on busy cores' : ''}, seed ${values.seed}`,
  )
  const result = await runSoak({ client, seconds: minutes * 60, seed: values.seed, calm: values.calm })
  const { audit, counts, faults, errors, levels, switches, downs } = result
  const total = [...faults.values()].reduce((sum, count) => sum + count, 0)
  console.log(
    `  ${counts.reads} reads, ${audit.writes} writes, ${counts.messages} messages, ${counts.leases} leases, ${counts.popped} elements`,
  )
  console.log(`  ${total} faults (${[...faults].map(([name, count]) => `${name} ${count}`).join(', ')})`)
  console.log(`  ${switches} switches, ${downs} times DOWN`)
  console.log(
    `  ${audit.repeated} repeated, ${audit.lost} lost, ${audit.denied} executed though denied, ${audit.unsettled} unsettled`,
  )
  for (const [what, count] of errors) console.log(`  failed with ${what}: ${count}`)
  for (const name of Object.keys(SERIES) as SeriesName[]) {
    const { why, median, growth, allowed } = levels[name]
    console.log(
      `  ${SERIES[name].label}: ${why} (median ${median.toFixed(1)}, ${growth.toFixed(2)} more in the second half, ${allowed.toFixed(1)} allowed)`,
    )
  }
  await mkdir(values.folder, { recursive: true })
  const name = `soak-${values.calm ? 'calm-' : ''}${client}`
  await writeFile(
    `${values.folder}/${name}.svg`,
    svgOf(drawSoak(`${client}, ${minutes} minutes, seed ${values.seed}`, name, result)),
  )
  console.log(`  ${values.folder}/${name}.svg`)
  const bad = verdictOf(result, values.calm)
  for (const sentence of bad) console.log(`  NOT GOOD: ${sentence}`)
  isGood &&= bad.length === 0
}
process.exit(isGood ? 0 : 1)
