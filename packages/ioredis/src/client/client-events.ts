import type { EventEmitter } from 'node:events'
import type { Callback } from 'ioredis'
import { type ClientStatus, eventsBetween, statusOf } from './client-status.ts'
import type { Group, Router } from './router.ts'

/** Keeps the `status` and the events of a transparent client true to what it can do. */
export class ClientEvents {
  readonly #client: EventEmitter & { status: string }
  readonly #group: Group

  constructor(client: EventEmitter & { status: string }, group: Group) {
    this.#client = client
    this.#group = group
  }

  /** Something may have changed about what the client can do. */
  refresh(router: Router): void {
    const client = this.#client
    const before = client.status as ClientStatus
    const now = statusOf(router, before)
    client.status = now
    for (const event of eventsBetween(before, now)) process.nextTick(() => client.emit(event))
    if (now === 'end') this.#group.off('all-down', this.#onAllDown)
    else if (before === 'wait' || before === 'end') this.#group.on('all-down', this.#onAllDown)
  }

  /** Starts the client, or makes an ended one usable again; an `error` listener hears why that failed, too. */
  async start(router: Router): Promise<void> {
    router.reopen()
    try {
      await router.start()
    } catch (error) {
      this.#emitError(error)
      throw error
    }
  }

  readonly #onAllDown = ({ causes }: { causes: Readonly<Record<string, string>> }): void => {
    const listed = Object.entries(causes).map(([id, why]) => `${id}: ${why}`)
    const { name } = this.#group
    this.#emitError(new Error(`All endpoints of the failover group "${name}" are down (${listed.join('; ')}).`))
  }

  // Only to listeners: the group goes on by itself, and each command says what became of it.
  #emitError(error: unknown): void {
    if (this.#client.listenerCount('error') > 0) this.#client.emit('error', error)
  }
}

export const withCallback = <T>(promise: Promise<T>, callback: Callback<T> | undefined): Promise<T> => {
  if (callback !== undefined) promise.then((value) => callback(null, value), callback)
  return promise
}
