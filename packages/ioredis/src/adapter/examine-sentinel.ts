import type { TopologyQuestion, TopologyReport } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { within } from './within.ts'

/**
 * Asks the server that the Sentinels named whether it still is what they said. A client is connected only to a server that
 * has confirmed its role, and only as long as the Sentinels do not name another one.
 */
export const examineSentinel = async (client: Redis, question: TopologyQuestion): Promise<TopologyReport> => {
  const wanted = client.options.role === 'slave' ? 'slave' : 'master'
  const found = await within(
    client.call('ROLE').then(
      (reply) => String((reply as unknown[])[0]),
      // A user who may not ask: that the server answers is what can be known.
      (error: Error) => (/^NOPERM\b/.test(error.message) ? wanted : error.message),
    ),
    question,
  )
  const answering = found === undefined ? 0 : 1
  if (found === wanted) return { ok: true, primaries: 1, answering, message: `the server says that it is a ${wanted}` }
  const said = found === undefined ? 'does not answer' : `says "${found}"`
  return { ok: false, primaries: 1, answering, message: `the server that the Sentinels named as ${wanted} ${said}` }
}
