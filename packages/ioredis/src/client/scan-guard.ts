import { CursorLostError } from '@redis-endpoint-failover/core'
import type { Router } from './router.ts'

type ScanCallback = (error: Error | null, reply?: unknown) => void
type ScanMethod = (args: readonly unknown[], callback: ScanCallback) => unknown

/** The part of an ioredis `ScanStream` that is bound anew. */
export interface ScanStreamObject {
  opt: { redis: unknown; command: string }
}

const interrupted = (command: string, endpointId: string | undefined): CursorLostError =>
  new CursorLostError(command.replace('Buffer', '').toUpperCase(), endpointId)

/** Keeps a scan on the endpoint that it began on, and ends it with an error when that one is left. */
export const guardScanStream = (stream: ScanStreamObject, client: object, router: Router): void => {
  const { command } = stream.opt
  let begunIn: number | undefined
  let begunOn: string | undefined
  const scan = (args: readonly unknown[], callback: ScanCallback): void => {
    const before = router.route.epoch
    if (begunIn !== undefined && before !== begunIn) {
      process.nextTick(callback, interrupted(command, begunOn))
      return
    }
    const method = (client as Record<string, ScanMethod>)[command]!
    method.call(client, args, (error, reply) => {
      const unmoved = router.route.epoch === before
      if (error !== null || (unmoved && begunIn !== undefined)) callback(error, reply)
      else if (unmoved) {
        begunIn = before
        begunOn = router.route.current?.endpointId
        callback(error, reply)
      } else if (begunIn === undefined) {
        // Whose cursor this is cannot be told. Nothing was handed out yet, so the scan simply begins again.
        scan(args, callback)
      } else callback(interrupted(command, begunOn))
    })
  }
  stream.opt.redis = { [command]: scan }
}
