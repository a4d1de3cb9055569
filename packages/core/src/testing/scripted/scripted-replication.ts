import type { VirtualClock } from '../virtual-clock.ts'

/** What one scripted server tells others of its stream of writes. */
export interface ScriptedMaster {
  readonly id: string
  readonly replication: ScriptedReplication
  /** Runs a write that the master has executed. */
  applyWrite(args: readonly string[]): void
}

export interface ScriptedReplicationSettings {
  readonly clock: VirtualClock
  readonly makeId: () => string
}

const NONE = '0'.repeat(40)

/**
 * The replication of one scripted server: its ids and offsets, as INFO tells them, and whom it follows. Ids change as a
 * real server changes them: a new one at a promotion, the former kept beside it.
 */
export class ScriptedReplication {
  readonly #settings: ScriptedReplicationSettings
  readonly #replicas = new Set<ScriptedMaster>()
  #master: ScriptedMaster | undefined
  #replid: string
  #formerReplid = NONE
  #offset = 0
  #secondOffset = -1
  #hadReplicas = false
  /** Milliseconds after which a write arrives here; infinite while the link is cut. */
  #delayMs = 0

  constructor(settings: ScriptedReplicationSettings) {
    this.#settings = settings
    this.#replid = settings.makeId()
  }

  /** The endpoint that it follows. */
  get master(): ScriptedMaster | undefined {
    return this.#master
  }

  /** The id of the stream that it makes or follows. */
  get replid(): string {
    return this.#replid
  }

  /** The id of the stream that it followed before; forty zeros for none. */
  get formerReplid(): string {
    return this.#formerReplid
  }

  /** Bytes of its stream so far. */
  get offset(): number {
    return this.#offset
  }

  follow(self: ScriptedMaster, master: ScriptedMaster, delayMs: number): void {
    if (this.#master !== undefined) this.#master.replication.#replicas.delete(self)
    const { replication } = master
    replication.#replicas.add(self)
    replication.#hadReplicas = true
    this.#master = master
    this.#delayMs = delayMs
    this.#replid = replication.#replid
    this.#formerReplid = replication.#formerReplid
    this.#offset = replication.#offset
    this.#secondOffset = replication.#secondOffset
  }

  setDelay(delayMs: number): void {
    this.#delayMs = delayMs
  }

  /** REPLICAOF NO ONE; nothing happens on a master. */
  promote(self: ScriptedMaster): void {
    if (this.#master === undefined) return
    this.#master.replication.#replicas.delete(self)
    this.#master = undefined
    this.#beginStream()
  }

  /** The process starts again. One that had replicas keeps its former id with its data. */
  restart(keepsData: boolean): void {
    if (this.#master !== undefined) return
    if (this.#hadReplicas && keepsData) return this.#beginStream()
    this.#replid = this.#settings.makeId()
    this.#formerReplid = NONE
    this.#secondOffset = -1
    if (!keepsData) this.#offset = 0
  }

  /** A write was executed here: it goes on to the replicas. */
  record(args: readonly string[]): void {
    const bytes = args.reduce((sum, arg) => sum + arg.length + 5, 4)
    this.#offset += bytes
    for (const replica of this.#replicas) {
      const { replication } = replica
      const stream = this.#replid
      if (!Number.isFinite(replication.#delayMs)) continue
      this.#settings.clock.scheduleOutside(() => {
        if (replication.#master === undefined || replication.#replid !== stream) return
        replica.applyWrite(args)
      }, replication.#delayMs)
    }
  }

  /** The section `replication` of INFO. */
  info(role: 'master' | 'slave'): string {
    return [
      '# Replication',
      `role:${role}`,
      ...(this.#master === undefined ? [] : [`master_host:${this.#master.id}`, 'master_link_status:up']),
      `master_replid:${this.#replid}`,
      `master_replid2:${this.#formerReplid}`,
      `master_repl_offset:${this.#offset}`,
      `second_repl_offset:${this.#secondOffset}`,
      '',
    ].join('\r\n')
  }

  #beginStream(): void {
    this.#formerReplid = this.#replid
    this.#secondOffset = this.#offset + 1
    this.#replid = this.#settings.makeId()
  }
}
