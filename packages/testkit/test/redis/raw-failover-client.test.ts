import { describeFailoverClientContract } from '../../src/contract/client/client-contract.ts'
import { createRawFailoverClient } from '../raw/raw-failover-client.ts'

describeFailoverClientContract({ name: 'A raw client', createClient: createRawFailoverClient })
