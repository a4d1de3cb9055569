import { type Call, whenGivenUp } from './call.ts'
import type { RoutePorts } from './route-ports.ts'
import { forEndpoint, WaitingCommands } from './waiting-commands.ts'

type RefusedWritesPorts = Pick<
  RoutePorts<never>,
  'timers' | 'room' | 'selectionTimeout' | 'noEndpoint' | 'waitingFull' | 'takesWrites'
>

/**
 * Commands that the active endpoint refused because it takes no writes, while no other endpoint takes them either: a
 * planned change of roles, for a moment. Another attempt at once would be refused as well, so they wait for an endpoint
 * that takes writes, as they would for one that lives.
 */
export class RefusedWrites {
  readonly #ports: RefusedWritesPorts
  readonly #waiting: WaitingCommands
  #lastError: unknown

  constructor(ports: RefusedWritesPorts) {
    this.#ports = ports
    this.#waiting = new WaitingCommands(forEndpoint(ports, () => this.#lastError))
  }

  /** Whether what the endpoint refused has to wait. With `selectionTimeout: 0` nothing does. */
  mustWait(endpointId: string): boolean {
    return this.#ports.selectionTimeout > 0 && !this.#ports.takesWrites(endpointId)
  }

  /**
   * Resolves when an endpoint takes writes, with how the command is repeated then: what had to wait is no burden to an
   * endpoint that is up. @throws NoEndpointAvailableError, WaitingQueueFullError
   */
  wait(refusal: unknown, call: Call | undefined): Promise<{ free: boolean; delayMs: number }> {
    this.#lastError = refusal
    return new Promise((resolve, reject) => {
      const leave = this.#waiting.add(() => resolve({ free: true, delayMs: 0 }), reject)
      whenGivenUp(call, leave)
    })
  }

  /** Lets them go where one of the endpoints takes writes. */
  release(endpointIds: Iterable<string>): void {
    if (this.#waiting.size === 0) return
    for (const id of endpointIds) if (this.#ports.takesWrites(id)) return this.#waiting.release(() => true)
  }

  failAll(error: Error): void {
    this.#waiting.failAll(error)
  }
}
