import { createPool, type Factory } from 'generic-pool'
import type { BenchmarkPool, Commands } from './benchmark-client.ts'

/** What is measured of a group that lends connections. */
export interface LendingGroup {
  start(): Promise<void>
  acquire(): Promise<{ readonly client: unknown; release(): void }>
  execute(work: (client: never) => Promise<unknown>): Promise<unknown>
  close(): Promise<void>
}

/** The pool of a failover group, by a lease and by `execute()`. */
export function groupPools(group: LendingGroup): BenchmarkPool[] {
  return [
    {
      name: 'group.acquire()',
      open: () => group.start(),
      pair: async () => (await group.acquire()).release(),
      get: async () => {
        const lease = await group.acquire()
        try {
          await (lease.client as Commands).get('value')
        } finally {
          lease.release()
        }
      },
      close: async () => {},
    },
    {
      name: 'group.execute()',
      open: async () => {},
      pair: undefined,
      get: () => group.execute((client: Commands) => client.get('value')),
      close: () => group.close(),
    },
  ]
}

/** generic-pool around the bare client, without and with the check that it offers. */
export function genericPool<T extends Commands>(
  name: string,
  {
    make,
    end,
    validate,
  }: { make: () => Promise<T>; end: (client: T) => Promise<void>; validate?: (client: T) => Promise<boolean> },
  size: number,
): BenchmarkPool {
  const factory: Factory<T> = { create: make, destroy: end, ...(validate && { validate }) }
  const pool = createPool(factory, { max: size, testOnBorrow: validate !== undefined })
  return {
    name,
    open: async () => {},
    pair: async () => pool.release(await pool.acquire()),
    get: async () => {
      const client = await pool.acquire()
      try {
        await client.get('value')
      } finally {
        await pool.release(client)
      }
    },
    close: async () => {
      await pool.drain()
      await pool.clear()
    },
  }
}
