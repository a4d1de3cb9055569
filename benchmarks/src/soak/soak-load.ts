import { setTimeout as sleep } from 'node:timers/promises'
import type { CountedServer } from '@redis-endpoint-failover/testkit/load'
import type { WorkClient } from '../client/work-client.ts'

const OPEN = 0
const ACKNOWLEDGED = 1
const MAYBE = 2
const DENIED = 3

const keyOf = (index: number): string => `soak:${index}`

export interface SoakRates {
  readonly readsPerSecond: number
  readonly writesPerSecond: number
}

export interface WriteAudit {
  readonly writes: number
  readonly repeated: number
  readonly lost: number
  readonly denied: number
  readonly unsettled: number
}

/** Steady work of every kind, which remembers one byte for each write and counters for the rest, so that it cannot grow. */
export class SoakLoad {
  readonly #client: WorkClient
  readonly #rates: SoakRates
  readonly #writes: Uint8Array
  readonly #running = new Set<Promise<unknown>>()
  /** How often each error was met, by its code or message. */
  readonly errors = new Map<string, number>()
  reads = 0
  messages = 0
  leases = 0
  popped = 0
  #written = 0
  #open = 0
  #stopped = false

  constructor(client: WorkClient, rates: SoakRates, seconds: number) {
    this.#client = client
    this.#rates = rates
    this.#writes = new Uint8Array(Math.ceil(rates.writesPerSecond * seconds * 1.5) + 1000)
  }

  async start(): Promise<void> {
    await this.#client.subscribe('soak', () => this.messages++)
    const { readsPerSecond, writesPerSecond } = this.#rates
    this.#every(1000 / readsPerSecond, () => this.#read())
    this.#every(1000 / writesPerSecond, () => this.#write())
    this.#every(100, () => this.#client.publish('soak', 'message').catch(this.#failed))
    this.#every(1500, () => this.#client.push('right', 'soak-list', 'element').catch(this.#failed))
    this.#every(150, () => this.#client.lease().then(() => this.leases++, this.#failed))
    this.#run(async () => {
      while (!this.#stopped) {
        const reply = await this.#client.pop('soak-list').catch(this.#failed)
        if (reply !== undefined && reply !== null) this.popped++
        else await sleep(10)
      }
    })
  }

  /** Issues nothing more, and waits for what is open. */
  async stop(settleMs: number): Promise<void> {
    this.#stopped = true
    const deadline = performance.now() + settleMs
    while (this.#open > 0 && performance.now() < deadline) await sleep(20)
    await Promise.race([Promise.all(this.#running), sleep(settleMs, undefined, { ref: false })])
  }

  /** Asks the servers what they executed of what was written. */
  async audit(servers: readonly CountedServer[]): Promise<WriteAudit> {
    const audit = { writes: this.#written, repeated: 0, lost: 0, denied: 0, unsettled: 0 }
    for (let start = 0; start < this.#written; start += 1000) {
      const end = Math.min(start + 1000, this.#written)
      const keys = Array.from({ length: end - start }, (_unused, offset) => keyOf(start + offset))
      const replies = await Promise.all(servers.map((server) => server.command('MGET', ...keys)))
      for (let index = start; index < end; index++) {
        const total = replies.reduce<number>((sum, reply) => sum + Number((reply as unknown[])[index - start] ?? 0), 0)
        const state = this.#writes[index]
        if (total > 1) audit.repeated++
        if (state === ACKNOWLEDGED && total === 0) audit.lost++
        if (state === DENIED && total > 0) audit.denied++
        if (state === OPEN) audit.unsettled++
      }
    }
    return { ...audit, unsettled: audit.unsettled + Math.max(0, this.#open - audit.unsettled) }
  }

  #read(): void {
    this.#open++
    this.#client
      .get('soak-read')
      .then(() => this.reads++, this.#failed)
      .finally(() => this.#open--)
  }

  #write(): void {
    if (this.#written === this.#writes.length) return
    const index = this.#written++
    this.#open++
    this.#client
      .incr(keyOf(index))
      .then(
        () => {
          this.#writes[index] = ACKNOWLEDGED
        },
        (error: unknown) => {
          this.#writes[index] = (error as { maybeExecuted?: unknown }).maybeExecuted === true ? MAYBE : DENIED
          this.#failed(error)
        },
      )
      .finally(() => this.#open--)
  }

  // Due ones are caught up with, up to a second's worth: an outage of ours must not become a flood.
  #every(ms: number, work: () => unknown): void {
    this.#run(async () => {
      let due = performance.now()
      while (!this.#stopped) {
        due = Math.max(due, performance.now() - 1000)
        for (; due <= performance.now(); due += ms) work()
        await sleep(Math.max(1, Math.min(ms, due - performance.now())))
      }
    })
  }

  #run(work: () => Promise<void>): void {
    this.#running.add(work())
  }

  readonly #failed = (error: unknown): undefined => {
    const { code, message } = error as { code?: string; message?: string }
    const what = code ?? String(message ?? error).slice(0, 60)
    this.errors.set(what, (this.errors.get(what) ?? 0) + 1)
  }
}
