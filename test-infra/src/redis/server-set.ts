import type { SignalSent } from '../process/managed-process.ts'
import type { RedisServer } from './redis-server.ts'

const earliest = (sent: readonly SignalSent[]): SignalSent => ({ at: Math.min(...sent.map(({ at }) => at)) })

/** Several servers that are one deployment: what happens to it happens to all of them at once. */
export class ServerSet implements AsyncDisposable {
  /** Every process of it, in the order in which they were started. */
  readonly all: readonly RedisServer[]

  constructor(all: readonly RedisServer[]) {
    this.all = all
  }

  /** SIGKILL to all; resolves when all are gone, with the moment of the first signal. */
  async kill(): Promise<SignalSent> {
    return earliest(await Promise.all(this.all.map((server) => server.kill())))
  }

  /** SIGSTOP to all. */
  async pause(): Promise<SignalSent> {
    return earliest(await Promise.all(this.all.map((server) => server.pause())))
  }

  /** SIGCONT to all. */
  async resume(): Promise<SignalSent> {
    return earliest(await Promise.all(this.all.map((server) => server.resume())))
  }

  /** Kills what still runs and starts all processes again, empty, each with the identity and the port that it had. */
  async restart(): Promise<void> {
    await this.kill()
    await Promise.all(this.all.map((server) => server.restart()))
  }

  /** Ends all processes, paused or not, and removes their folders. May be called twice. */
  async stop(): Promise<void> {
    await Promise.all(this.all.map((server) => server.stop()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
