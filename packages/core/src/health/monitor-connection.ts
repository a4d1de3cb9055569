import type { ProbeConnection } from './monitor-ports.ts'

/** The connection that regular probes reuse, and when the endpoint last answered on one. */
export class MonitorConnection {
  #connection: ProbeConnection | undefined
  #lastAnswerAt = -Infinity

  get alive(): boolean {
    return this.#connection?.alive === true
  }

  /** When a regular probe was last answered, on this connection or one before it; `-Infinity` if none was. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt
  }

  /** The connection if it is open and was opened under `generation`: what an older one shows does not count. */
  of(generation: number): ProbeConnection | undefined {
    const connection = this.#connection
    return connection?.alive === true && connection.generation === generation ? connection : undefined
  }

  replace(connection: ProbeConnection): void {
    this.drop('replaced')
    this.#connection = connection
  }

  drop(why: string): void {
    this.#connection?.destroy(why)
    this.#connection = undefined
  }

  recordAnswer(now: number): void {
    this.#lastAnswerAt = now
  }
}
