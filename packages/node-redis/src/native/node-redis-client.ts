/**
 * What a client must look like to be routed. Structural on purpose: it fits the clients of `redis` and `@redis/client`,
 * whatever their modules, scripts, functions and type mappings are, and costs the type checker next to nothing.
 */
export interface NodeRedisClient {
  readonly isOpen: boolean
  readonly isReady: boolean
  connect(): Promise<unknown>
  destroy(): void
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown
  sendCommand(args: (string | Buffer)[]): Promise<unknown>
}
