import { describeSubscriberContract, type ServerAddress } from '@redis-endpoint-failover/testkit'
import { Redis } from 'ioredis'
import { createIoredisAdapter } from '../../src/adapter/ioredis-adapter.ts'
import type { IoredisOptions } from '../../src/index.ts'

const optionsFor = ({ host, port, username, password }: ServerAddress): IoredisOptions => ({
  host,
  port,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  protocol: 2,
})

// RESP3 is in contract.untimed.test.ts, as the client's own default.
describeSubscriberContract({ name: 'ioredis with RESP2', adapter: () => createIoredisAdapter(Redis), optionsFor })
