import {
  type CommandTask,
  FailoverGroup,
  isBlockingCommand,
  isReadOnlyCommand,
  setBlockingTimeout,
} from '@redis-endpoint-failover/core'
import type { ClientSetup, ClientUnderTest } from '../../src/index.ts'
import { rawAdapter } from './raw-adapter.ts'
import type { RawClient, RawOptions } from './raw-client.ts'
import { rawOptions } from './raw-options.ts'

/** A transparent client in its simplest form: `route.run` sends every command, and repeats it where that is safe. */
export function createRawFailoverClient({ endpoints, groupOptions }: ClientSetup): ClientUnderTest {
  const group = new FailoverGroup<RawClient, RawOptions>(rawAdapter, {
    ...groupOptions,
    endpoints: endpoints.map(({ id, weight, server }) => ({ id, weight, options: rawOptions(server) })),
  })
  const route = group.createRoute()
  const send = (...args: string[]): Promise<unknown> => {
    const task: CommandTask<RawClient, unknown> = {
      name: args[0] ?? '',
      unit: isBlockingCommand(args) ? 'blocking' : 'command',
      readOnly: isReadOnlyCommand(args),
      args,
      send: ({ client }) => client.command(args),
    }
    if (task.unit === 'command') return route.run(task)
    return route.runBlocking({ ...task, setBlockTime: (blockMs) => setBlockingTimeout(args, blockMs) })
  }
  return {
    client: route,
    group,
    get: (key) => send('GET', key),
    set: (key, value) => send('SET', key, value),
    incr: (key) => send('INCR', key),
    call: send,
    native: (client, args) => (client as RawClient).command(args),
    async connect() {
      await group.start()
      await route.ready()
    },
    close: () => group.closeRoute(route, { graceful: true }),
  }
}
