import type { Cell, ReportTable } from '../bench/benchmark.ts'
import type { ClientName } from '../client/benchmark-client.ts'
import { bars, type Plot } from '../report/plot.ts'
import type { ContenderName } from './contender.ts'
import { contenders } from './contenders.ts'
import type { CommandCounts } from './count-commands.ts'
import { type FaultName, failoverFaults } from './failover-faults.ts'
import type { FailoverPlan } from './plan-runs.ts'
import { type FailoverResults, formatTime, medianOf, recoversByItself, totalOf, worstOf } from './results.ts'
import { incrsPerSecond, readsPerSecond } from './run-failover.ts'

const counts: Readonly<Record<keyof CommandCounts, string>> = {
  failedReads: 'reads failed',
  ambiguous: 'writes ambiguous',
  refused: 'writes refused',
  duplicates: 'executed twice',
  lost: 'acknowledged and lost',
  denied: 'executed after a denial',
  unsettled: 'never settled',
}
const countKeys = Object.keys(counts) as (keyof CommandCounts)[]

/** One table for each fault. */
export const tablesOf = (plan: FailoverPlan, results: FailoverResults): ReportTable[] =>
  plan.faults.map((fault) => ({
    title: `${fault}: ${failoverFaults[fault].what}`,
    head: ['client', 'contender', 'without service', 'worst run', ...countKeys.map((key) => counts[key])],
    rows: plan.clients.flatMap((client) =>
      plan.contenders.map((contender) => rowOf(client, contender, fault, results)),
    ),
  }))

function rowOf(client: ClientName, contender: ContenderName, fault: FaultName, results: FailoverResults): Cell[] {
  const names = [client, contenders[contender].label]
  const result = results.find(client, contender, fault)
  if (result === undefined) return [...names, 'not run', ...Array<Cell>(countKeys.length + 1).fill('')]
  const lasts = fault === 'crash' || fault === 'hang'
  const afterwards = lasts && !recoversByItself(result) ? ', when the fault was over' : ''
  return [
    ...names,
    `${formatTime(medianOf(result))}${afterwards}`,
    formatTime(worstOf(result)),
    ...countKeys.map((key) => totalOf(result, key)),
  ]
}

/** One plot for each client. */
export const plotsOf = (plan: FailoverPlan, results: FailoverResults, subtitle: string): Plot[] =>
  plan.clients.map((client) =>
    bars({
      name: `failover-${client}`,
      title: `${client}: time without service`,
      subtitle,
      unit: 'ms',
      categories: plan.contenders.map((name) => contenders[name].label.replace(', ', ',\n')),
      series: plan.faults.map((fault) => ({
        name: fault,
        values: plan.contenders.map((contender) => {
          const result = results.find(client, contender, fault)
          const ms = result === undefined ? Number.NaN : medianOf(result)
          return Number.isFinite(ms) ? Math.round(ms) : undefined
        }),
      })),
      logarithmic: true,
      digits: 0,
    }),
  )

/** How it was measured, and what to bear in mind. */
export const notesOf = ({ contenders: names, rounds, outageMs }: FailoverPlan, results: FailoverResults): string[] => {
  const repeated = results.all.reduce((sum, one) => sum + one.repeated, 0)
  return [
    `The same load for everybody: ${readsPerSecond} GETs and ${incrsPerSecond} INCRs a second, each when it is due, however long those before it take. Each INCR has a key of its own, and the servers are asked in the end how often they executed it. Every run has servers, and a process, of its own; ${rounds} rounds, the fault each time at another moment of the checks' period. A crash and a hang last ${outageMs / 1000} s.`,
    'Time without service: the longest stretch, from the fault on, in which no read, or no write, succeeded; median and worst of the rounds. Less than 20 ms cannot be seen, because writes are that far apart. The counts are those of all rounds together. "Ambiguous" are writes that failed so that nobody can tell whether they executed; "refused" are those that certainly have not.',
    'Ours, and HAProxy as it is set up here, stand before servers that share no data: after a failover what was written before is on the other one. Sentinel goes on with one data set, less what its replica had not received: that is "acknowledged and lost".',
    ...names.map((name) => `- ${contenders[name].label}: ${contenders[name].what}.`),
    ...(repeated > 0 ? [`${repeated} runs were repeated because the measuring process itself stood still.`] : []),
  ]
}

/** All values, for the JSON, which knows no Infinity. */
export const valuesOf = ({ all }: FailoverResults): unknown =>
  all.map((result) => ({
    ...result,
    runs: result.runs.map((run) => ({
      ...run,
      withoutServiceMs: Number.isFinite(run.withoutServiceMs) ? Math.round(run.withoutServiceMs * 10) / 10 : 'never',
    })),
  }))
