import { ConnectionLostError } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import type { Connection } from './internals.ts'
import type { Router } from './router.ts'

/**
 * Opens a native monitor of the endpoint that is active now. It is bound to that one, whose commands it shows: it emits
 * `end` when the endpoint is left, or the client that made it ends.
 *
 * @throws ConnectionLostError where the endpoint does not let it in, or the client's own error
 */
export const openMonitor = async (router: Router): Promise<Redis> => {
  if (!router.isStarted) await router.start()
  const { route } = router
  const { endpointId, client } = await route.run<Connection>({
    name: 'MONITOR',
    unit: 'command',
    readOnly: true,
    bound: true,
    args: ['MONITOR'],
    send: (connection) => Promise.resolve(connection),
  })
  const monitor = client.duplicate({ monitor: true, lazyConnect: false, connectTimeout: CONNECT_TIMEOUT_MS })
  const stopListening = route.onChange(() => {
    // While a connection to the same endpoint is made anew, it goes on.
    if (route.isClosed || (route.current !== undefined && route.current.endpointId !== endpointId)) monitor.disconnect()
  })
  monitor.once('end', stopListening)
  let onError = (_error: Error): void => {}
  const opened = new Promise<void>((resolve, reject) => {
    onError = (error) => {
      // The first commands that it shows may come together with the answer to MONITOR; ioredis does not expect that.
      if (!error.message.startsWith(UNEXPECTED_REPLY)) reject(error)
    }
    monitor.once('monitoring', resolve)
    monitor.on('error', onError)
    monitor.once('end', () => reject(new ConnectionLostError(endpointId, 'it ended before MONITOR was accepted')))
  })
  try {
    await opened
    return monitor
  } catch (error) {
    monitor.disconnect()
    throw error
  } finally {
    monitor.off('error', onError)
  }
}

const UNEXPECTED_REPLY = 'Command queue state error'

/** What ioredis has by default is 10 s; the endpoint is up already. */
const CONNECT_TIMEOUT_MS = 5000
