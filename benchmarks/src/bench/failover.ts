import { ensureProgram, haproxySource } from '@redis-endpoint-failover/test-infra'
import { type ContenderName, contenderNames } from '../failover/contender.ts'
import { contenders } from '../failover/contenders.ts'
import { faultNames } from '../failover/failover-faults.ts'
import type { FailoverAnswer } from '../failover/failover-process.ts'
import { notesOf, plotsOf, tablesOf, valuesOf } from '../failover/failover-report.ts'
import { type FailoverPlan, forecastSeconds, planRuns, runsAtOnce } from '../failover/plan-runs.ts'
import { FailoverResults, formatTime } from '../failover/results.ts'
import type { FailoverRequest } from '../failover/run-failover.ts'
import { targetsOf, unjudged } from '../failover/targets.ts'
import { ChildProcesses } from '../measure/child-processes.ts'
import { inPool } from '../measure/pool.ts'
import { environmentLine } from '../report/environment.ts'
import type { Benchmark, BenchOptions } from './benchmark.ts'

const usualRounds = 3
/** Long enough for Sentinel and HAProxy with what they have as they come, which take about 7 s. */
const outageMs = 12_000

const planOf = ({ clients, short, rounds, faults, contenders: names }: BenchOptions): FailoverPlan => ({
  clients,
  contenders: contenderNames.filter((name) => names?.includes(name) ?? true),
  faults: faultNames.filter((name) => faults?.includes(name) ?? true),
  rounds: rounds ?? (short ? 1 : usualRounds),
  outageMs,
})

export const failover: Benchmark = {
  name: 'failover',
  measures:
    'time without service, failed reads, ambiguous writes and duplicates when a server fails, beside the clients alone, Sentinel and HAProxy',
  minutes: 12,
  choices: { fault: faultNames, contender: contenderNames },
  forecastMinutes: (options) => Math.ceil(forecastSeconds(planRuns(planOf(options))) / 60),
  async run(options) {
    const { environment, say } = options
    const plan = planOf(options)
    const results = new FailoverResults()
    const missing = await whoCannotRun(plan.contenders)
    for (const [name, why] of missing) say(`${contenders[name].label} is not run: ${why}`)
    const requests = planRuns(plan).filter(({ contender }) => !missing.has(contender))
    using processes = new ChildProcesses<FailoverRequest, FailoverAnswer>({
      program: new URL('../failover/failover-process.ts', import.meta.url),
      onExit: (how) => ({ error: how }),
      profileFolder: options.profileFolder,
    })
    let done = 0
    const job = (request: FailoverRequest) => async (): Promise<void> => {
      let answer = await processes.run(request)
      const repeated = 'run' in answer && answer.run.stalled
      if (repeated) answer = await processes.run(request)
      results.add(request, 'run' in answer ? { run: answer.run, repeated } : answer)
      const { fault, client, contender } = request
      const outcome = 'run' in answer ? formatTime(answer.run.withoutServiceMs) : `no run: ${answer.error}`
      say(`${++done}/${requests.length}  ${fault}, ${client}, ${contenders[contender].label}: ${outcome}`)
    }
    await inPool(runsAtOnce, requests.map(job))
    return {
      notes: [
        ...notesOf(plan, results),
        ...[...missing].map(([name, why]) => `${contenders[name].label} was not run: ${why}`),
        ...unjudged(plan.clients, results),
      ],
      tables: tablesOf(plan, results),
      targets: targetsOf(plan.clients, results),
      plots: plotsOf(plan, results, environmentLine(environment)),
      values: { ...plan, results: valuesOf(results) },
    }
  },
}

/** Those whose program is not here and cannot be installed, and why. */
async function whoCannotRun(names: readonly ContenderName[]): Promise<Map<ContenderName, string>> {
  const needy = names.filter((name) => name.startsWith('haproxy'))
  if (needy.length === 0) return new Map()
  try {
    await ensureProgram(haproxySource)
    return new Map()
  } catch (error) {
    return new Map(needy.map((name) => [name, (error as Error).message]))
  }
}
