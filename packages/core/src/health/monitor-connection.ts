import type { ProbeConnection } from './monitor-ports.ts'
import type { IdentityAnswer, IdentitySection } from './server-identity.ts'

const ALL_SECTIONS: readonly IdentitySection[] = ['server', 'replication']

/** The connection that regular probes reuse, and when the endpoint last answered on one. */
export class MonitorConnection {
  #connection: ProbeConnection | undefined
  /** It was handed over to the application, and is only looked at until there is one of our own. */
  #isHandedOver = false
  #lastAnswerAt = -Infinity
  /** What the connection is to be asked about its server, beside the probes: less, once it has told or refused. */
  #sections: readonly IdentitySection[] = ALL_SECTIONS

  get isHandedOver(): boolean {
    return this.#isHandedOver
  }

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

  /** The same for probes: never a connection that the application uses. */
  forProbes(generation: number): ProbeConnection | undefined {
    return this.#isHandedOver ? undefined : this.of(generation)
  }

  replace(connection: ProbeConnection): void {
    this.drop('replaced')
    this.#connection = connection
    this.#sections = ALL_SECTIONS
  }

  /** From now on the connection is the application's. */
  handOver(): void {
    this.#isHandedOver = true
  }

  drop(why: string): void {
    if (!this.#isHandedOver) this.#connection?.destroy(why)
    this.#connection = undefined
    this.#isHandedOver = false
  }

  /** The sections of INFO that are worth asking for on `connection` now. */
  sectionsOf(connection: ProbeConnection): readonly IdentitySection[] {
    return connection === this.#connection ? this.#sections : []
  }

  /** A process keeps its run id, and a user his permissions: neither is asked for again on the same connection. */
  recordIdentity(connection: ProbeConnection, answer: IdentityAnswer): void {
    if (connection !== this.#connection || answer === undefined) return
    this.#sections = answer === 'refused' ? [] : ['replication']
  }

  recordAnswer(now: number): void {
    this.#lastAnswerAt = now
  }
}
