import {
  describeAdapterContract,
  describeFailoverClientContract,
  partsWithoutBounds,
} from '@redis-endpoint-failover/testkit'
import { adapterContract, clientContract } from './contract-options.ts'

describeAdapterContract(adapterContract)

describeFailoverClientContract({ ...clientContract, parts: partsWithoutBounds })
