import { type LoadReport, succeeded } from './load-report.ts'

/** Something that answers raw commands: a server of test-infra, or a raw connection. */
export interface CountedServer {
  readonly name: string
  command(...args: (string | number)[]): Promise<unknown>
}

/** How often one id was executed, on each server and in all. */
export interface Executions {
  readonly id: string
  readonly byServer: Readonly<Record<string, number>>
  readonly total: number
}

const IDS_PER_COMMAND = 500

/** Asks the servers themselves how often each id was incremented. They must be up, and must have kept their data. */
export async function countExecutions(
  servers: readonly CountedServer[],
  ids: readonly string[],
): Promise<readonly Executions[]> {
  const counts = await Promise.all(servers.map((server) => countOn(server, ids)))
  return ids.map((id, index) => {
    const byServer = Object.fromEntries(servers.map((server, s) => [server.name, counts[s]?.[index] ?? 0]))
    return { id, byServer, total: Object.values(byServer).reduce((sum, count) => sum + count, 0) }
  })
}

async function countOn(server: CountedServer, ids: readonly string[]): Promise<number[]> {
  const counts: number[] = []
  for (let start = 0; start < ids.length; start += IDS_PER_COMMAND) {
    const values = await server.command('MGET', ...ids.slice(start, start + IDS_PER_COMMAND))
    if (!Array.isArray(values)) throw new Error(`${server.name} answered MGET with ${String(values)}.`)
    counts.push(...values.map(Number))
  }
  return counts
}

/** Where what the servers executed differs from what the application was told. All of it should be empty. */
export interface ExecutionFaults {
  /** Executed more than once, on one server or on several. */
  readonly repeated: readonly Executions[]
  /** Acknowledged, but nowhere executed. */
  readonly lost: readonly string[]
  /** Executed, although the caller was told that it certainly was not. */
  readonly denied: readonly string[]
}

/** Compares a load's INCRs with what the servers executed. */
export async function findExecutionFaults(
  servers: readonly CountedServer[],
  report: LoadReport,
): Promise<ExecutionFaults> {
  const executions = await countExecutions(
    servers,
    report.incrs.map(({ id }) => id),
  )
  const totals = new Map(executions.map(({ id, total }) => [id, total]))
  const claimsNotExecuted = report.incrs.filter(
    ({ error }) => error !== undefined && (error as { maybeExecuted?: unknown }).maybeExecuted !== true,
  )
  return {
    repeated: executions.filter(({ total }) => total > 1),
    lost: succeeded(report.incrs).flatMap(({ id }) => (totals.get(id) === 0 ? [id] : [])),
    denied: claimsNotExecuted.flatMap(({ id }) => (totals.get(id) === 0 ? [] : [id])),
  }
}
