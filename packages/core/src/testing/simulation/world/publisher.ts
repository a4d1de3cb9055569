import type { Timer } from '../../../runtime/clock.ts'
import type { VirtualClock } from '../../virtual-clock.ts'
import { messageText } from '../invariants/messages.ts'
import type { Draw } from '../plan/draw.ts'
import type { Servers } from './servers.ts'
import { CHANNELS } from './subscriptions.ts'

const EVERY_MS = 1500

/** Somebody publishes on every server now and then, each message with a number of its own. */
export class Publisher {
  readonly #servers: Servers
  readonly #clock: VirtualClock
  readonly #draw: Draw
  #numbers = 0
  #timer: Timer | undefined

  constructor(servers: Servers, clock: VirtualClock, draw: Draw) {
    this.#servers = servers
    this.#clock = clock
    this.#draw = draw
  }

  start(): void {
    this.#timer = this.#clock.scheduleOutside(() => {
      this.#numbers += 1
      for (const id of this.#servers.ids)
        for (const channel of CHANNELS) this.#servers.server(id).publish(channel, messageText(id, this.#numbers))
      this.start()
    }, this.#draw.exponential(EVERY_MS))
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
