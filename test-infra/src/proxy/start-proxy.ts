import { freePort } from '../ports.ts'
import { FaultProxy, type ProxyTarget } from './fault-proxy.ts'
import type { Faults } from './faults.ts'

export interface ProxyOptions {
  /** Where to pass connections on to; a `RedisServer` will do. */
  target: ProxyTarget
  /** Default: a free one. */
  port?: number
  /** Faults from the beginning. Default: none. */
  faults?: Omit<Faults, 'refuse'>
}

const portAttempts = 10

/** Starts a proxy on a free port of 127.0.0.1, in this process: `blockEventLoop` blocks it as well. */
export async function startProxy({ target, port, faults = {} }: ProxyOptions): Promise<FaultProxy> {
  for (let attempt = 1; ; attempt++) {
    const proxy = new FaultProxy(target, port ?? (await freePort()), faults)
    try {
      await proxy.listen()
      return proxy
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!taken || port !== undefined || attempt >= portAttempts) throw error
    }
  }
}
