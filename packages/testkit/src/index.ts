export {
  type AdapterContractOptions,
  type AdapterExpectations,
  describeAdapterContract,
} from './contract/adapter/adapter-contract.ts'
export {
  type ClientSetup,
  type ClientUnderTest,
  type ContractEndpoint,
  type FailoverClientContractOptions,
  type GroupUnderTest,
  describeFailoverClientContract,
} from './contract/client/client-contract.ts'
export type { ServerAddress } from './contract/server-address.ts'

export {
  type CountedServer,
  countExecutions,
  type ExecutionFaults,
  type Executions,
  findExecutionFaults,
} from './load/count-executions.ts'
export {
  ambiguous,
  failed,
  type LoadOutcome,
  type LoadReport,
  longestGapMs,
  longestLatencyMs,
  succeeded,
  unsettled,
} from './load/load-report.ts'
export { type Load, type LoadOptions, type StopOptions, startLoad } from './load/start-load.ts'
