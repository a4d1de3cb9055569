import { describeFailoverClientContract } from '../../src/contract/client/client-contract.ts'
import { createRawFailoverClient } from '../raw/raw-failover-client.ts'

// That the suite needs nothing of the two published clients. The parts left out are the core's work for any client, and
// take most of the time; the published clients pass them.
describeFailoverClientContract({
  name: 'A raw client',
  createClient: createRawFailoverClient,
  parts: ['routing', 'death', 'noEndpoint', 'events', 'closing'],
})
