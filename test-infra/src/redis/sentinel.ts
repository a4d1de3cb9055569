import { type EventuallyOptions, eventually } from '../waiting.ts'
import type { RedisServer } from './redis-server.ts'
import { ServerSet } from './server-set.ts'

/** A primary with replicas and the Sentinels that watch over them. Made by `startSentinel`. */
export class SentinelDeployment extends ServerSet {
  /** The name under which the Sentinels know the primary. */
  readonly masterName: string
  /** The data servers: first the primary of the beginning, then its replicas. */
  readonly servers: readonly RedisServer[]
  readonly sentinels: readonly RedisServer[]

  constructor(masterName: string, servers: readonly RedisServer[], sentinels: readonly RedisServer[]) {
    super([...servers, ...sentinels])
    this.masterName = masterName
    this.servers = servers
    this.sentinels = sentinels
  }

  /** What a client is given to find the primary by. */
  get addresses(): { host: string; port: number }[] {
    return this.sentinels.map(({ host, port }) => ({ host, port }))
  }

  /** The server that all running Sentinels name as the primary and that says so itself. Throws while there is none. */
  async primary(): Promise<RedisServer> {
    const server = await this.#named()
    const [role] = (await server.command('ROLE')) as string[]
    if (role !== 'master') throw new Error(`${server.name} is named as the primary but says that it is a ${role}.`)
    return server
  }

  async #named(): Promise<RedisServer> {
    const running = this.sentinels.filter((sentinel) => sentinel.isRunning)
    const named = await Promise.all(
      running.map((sentinel) => sentinel.command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', this.masterName)),
    )
    const ports = new Set(named.map((address) => Number((address as string[] | null)?.[1])))
    const server = this.servers.find(({ port }) => ports.has(port))
    if (ports.size !== 1 || server === undefined) throw new Error('The Sentinels do not agree on a primary.')
    return server
  }

  /** Resolves with the primary as soon as there is one other than `before`. Default timeout: 20 s. */
  waitForPromotion(before: RedisServer, options: EventuallyOptions = {}): Promise<RedisServer> {
    const attempt = async (): Promise<RedisServer> => {
      // Asked of the Sentinels alone: the one before may hang.
      if ((await this.#named()) === before) throw new Error(`${before.name} is still the primary.`)
      return await this.primary()
    }
    return eventually(attempt, { timeout: 20_000, interval: 50, ...options })
  }

  /**
   * Resolves when the running data servers are one primary and its connected replicas, and every running Sentinel sees all
   * of them. A former primary that comes back is made a replica after about 10 s. Default timeout: 30 s.
   */
  async waitUntilOk(options: EventuallyOptions = {}): Promise<void> {
    const servers = this.servers.filter(({ isRunning }) => isRunning)
    const sentinels = this.sentinels.filter(({ isRunning }) => isRunning)
    await eventually(
      async () => {
        const primary = await this.primary()
        const replicas = await Promise.all(servers.filter((server) => server !== primary).map(isConnectedReplica))
        const views = await Promise.all(sentinels.map((sentinel) => this.#view(sentinel)))
        return replicas.every(Boolean) && views.every((view) => this.#isWhole(view, replicas.length))
      },
      { timeout: 30_000, interval: 50, ...options },
    )
  }

  #isWhole(view: ReadonlyMap<string, string>, replicas: number): boolean {
    return (
      view.get('flags') === 'master' &&
      Number(view.get('num-slaves')) >= replicas &&
      Number(view.get('num-other-sentinels')) === this.sentinels.length - 1
    )
  }

  async #view(sentinel: RedisServer): Promise<Map<string, string>> {
    const reply = (await sentinel.command('SENTINEL', 'MASTER', this.masterName)) as string[]
    return new Map(reply.flatMap((key, i) => (i % 2 === 0 ? [[key, reply[i + 1] ?? ''] as const] : [])))
  }
}

const isConnectedReplica = async (server: RedisServer): Promise<boolean> => {
  const [role, , , link] = (await server.command('ROLE')) as string[]
  return role === 'slave' && link === 'connected'
}
