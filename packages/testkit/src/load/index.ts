export {
  type CountedServer,
  countExecutions,
  type ExecutionFaults,
  type Executions,
  findExecutionFaults,
} from './count-executions.ts'
export {
  ambiguous,
  failed,
  type LoadOutcome,
  type LoadReport,
  longestGapMs,
  longestLatencyMs,
  succeeded,
  unsettled,
} from './load-report.ts'
export { type Load, type LoadOptions, type StopOptions, startLoad } from './start-load.ts'
