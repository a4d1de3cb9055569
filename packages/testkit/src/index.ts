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

export * from './load/index.ts'
