import type { ManagedConnection } from '../connections/managed-connection.ts'
import type { CommandRoute } from './command-route.ts'

/** The name that one client gave to its connections (CLIENT SETNAME). Each connection that it takes up is told. */
export class ConnectionName<TClient = unknown> {
  readonly #tell: (connection: ManagedConnection<TClient>, name: string) => void
  #routes: CommandRoute<TClient>[] = []
  #name: string | undefined

  /** @param tell sends CLIENT SETNAME; must not throw, and nobody waits for it */
  constructor(tell: (connection: ManagedConnection<TClient>, name: string) => void) {
    this.#tell = tell
  }

  /** Names the connections of `route`, too. */
  follow(route: CommandRoute<TClient>): void {
    this.#routes = [...this.#routes.filter(({ isClosed }) => !isClosed), route]
    this.#apply(route)
  }

  /** Names all connections that there are and will be. */
  set(name: string): void {
    this.#name = name
    for (const route of this.#routes) this.#apply(route)
  }

  #apply(route: CommandRoute<TClient>): void {
    const name = this.#name
    if (name !== undefined) route.prepareWith((connection) => this.#tell(connection, name))
  }
}
