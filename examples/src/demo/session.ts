import { type Load, startLoad } from '@redis-endpoint-failover/testkit/load'
import type { DemoClient, Servers } from './clients/demo-client.ts'
import { openClient } from './clients/open-client.ts'
import type { Fault } from './faults/fault.ts'
import { faults } from './faults/index.ts'
import { Meter } from './meter.ts'
import type { ClientName } from './options.ts'
import { pidsOf } from './servers.ts'
import { load } from './settings.ts'
import { Timeline } from './timeline.ts'
import { eventText } from './view/event-text.ts'
import type { View } from './view/view.ts'

const HURRY_MS = 200

/** A failover client at work: its events are recorded and shown, its load can be started. */
export class Session implements AsyncDisposable {
  readonly client: DemoClient
  readonly servers: Servers
  readonly timeline = new Timeline()
  readonly startedAt = performance.now()
  /** What is being done; the faults before it are done. */
  running: Fault | 'none yet' | 'all done' = 'none yet'
  readonly #view: View
  readonly #meter = new Meter()
  readonly #listening: Promise<void>

  private constructor(client: DemoClient, servers: Servers, view: View) {
    this.client = client
    this.servers = servers
    this.#view = view
    this.#listening = this.#listen()
  }

  static async open(name: ClientName, servers: Servers, view: View): Promise<Session> {
    const session = new Session(await openClient(name, servers), servers, view)
    view.watch(() => ({
      title: `${name}, three Redis servers, ${load.reads} reads/s and ${load.incrs} unique INCRs/s`,
      elapsedMs: performance.now() - session.startedAt,
      steps: session.#steps(),
      group: session.client.group.snapshot(),
      pids: pidsOf(servers),
      rates: session.#meter.rates(),
    }))
    try {
      await session.client.group.start()
    } catch (error) {
      await session[Symbol.asyncDispose]()
      throw error
    }
    return session
  }

  startLoad(): Load {
    return startLoad({
      get: this.client.get,
      incr: this.client.incr,
      readsPerSecond: load.reads,
      incrsPerSecond: load.incrs,
      onOutcome: (kind, { error }) => this.#meter.count(kind, error),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The load has been stopped and has settled, unless somebody is in a hurry.
    await this.client.group.close({ drainTimeout: HURRY_MS })
    await this.#listening
  }

  async #listen(): Promise<void> {
    for await (const event of this.client.group.events()) {
      this.timeline.record(event)
      const text = eventText(event)
      if (text !== undefined) this.#view.line(text)
    }
  }

  #steps() {
    const { running } = this
    const current = running === 'all done' ? faults.length : running === 'none yet' ? -1 : faults.indexOf(running)
    return faults.map(({ name, title }, i) => ({
      fault: name,
      title,
      state: i < current ? ('done' as const) : i === current ? ('running' as const) : ('to do' as const),
    }))
  }
}
