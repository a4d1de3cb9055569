export {
  type AdapterContractOptions,
  type AdapterExpectations,
  describeAdapterContract,
  describeSubscriberContract,
} from './contract/adapter/adapter-contract.ts'
export {
  type ClientSetup,
  type ClientUnderTest,
  type ContractEndpoint,
  type ContractPart,
  type FailoverClientContractOptions,
  type GroupUnderTest,
  describeFailoverClientContract,
  partsWithBounds,
  partsWithoutBounds,
} from './contract/client/client-contract.ts'
export {
  type DeadlinesOfKindsOptions,
  type LimitedClient,
  describeDeadlinesOfKinds,
} from './contract/client/deadlines-of-kinds.ts'
export { useHungCluster, useHungDeployment } from './contract/client/hung-deployments.ts'
export {
  type SubscribingClient,
  type SubscriptionContractOptions,
  describeSubscriptionContract,
} from './contract/subscriptions/subscription-contract.ts'
export {
  type ClusterSubscriptionOptions,
  describeClusterSubscriptions,
} from './contract/subscriptions/cluster-subscriptions.ts'
export { useSmallClusters, useSmallDeployments } from './contract/subscriptions/small-deployments.ts'
export type { ServerAddress } from './contract/server-address.ts'

export * from './load/index.ts'
