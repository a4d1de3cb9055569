import { describeFailoverClientContract, partsWithBounds } from '@redis-endpoint-failover/testkit'
import { clientContract } from './contract-options.ts'

describeFailoverClientContract({ ...clientContract, parts: partsWithBounds })
