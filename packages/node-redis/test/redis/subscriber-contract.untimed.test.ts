import { describeSubscriberContract, type ServerAddress } from '@redis-endpoint-failover/testkit'
import { createClient } from 'redis'
import { createNodeRedisAdapter, type NodeRedisOptions } from '../../src/index.ts'

const optionsFor = ({ host, port, username, password }: ServerAddress): NodeRedisOptions => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  socket: { host, port },
})

// RESP3 is in contract.untimed.test.ts, as the client's own default.
describeSubscriberContract({
  name: 'node-redis with RESP2',
  adapter: () => createNodeRedisAdapter((options) => createClient({ ...options, RESP: 2 })),
  optionsFor,
})
