import { CursorLostError } from '@redis-endpoint-failover/core'
import type { Internals } from '../native/internals.ts'
import type { Router } from './router.ts'

/** The iterators, and the method with which each of them asks for its next page. */
const ITERATORS: Readonly<Record<string, readonly string[]>> = {
  scanIterator: ['scan'],
  hScanIterator: ['hScan'],
  hScanValuesIterator: ['hScan', 'hScanNoValues'],
  hScanNoValuesIterator: ['hScanNoValues'],
  sScanIterator: ['sScan'],
  zScanIterator: ['zScan'],
}

type Method = (...args: unknown[]) => Promise<unknown>

/** Makes iterators fail when the endpoint whose cursor they hold is left: to another one it means something else. */
export const guardCursors = (client: Internals, router: Router): void => {
  const methods = client as unknown as Record<string, Method>
  for (const [iterator, pages] of Object.entries(ITERATORS)) {
    const original = methods[iterator]
    if (original === undefined) continue
    methods[iterator] = function (this: Record<string, Method>, ...args: unknown[]) {
      const view = Object.create(this) as Record<string, Method>
      const guard = makeGuard(router)
      for (const page of pages) {
        const ask = this[page]
        if (ask !== undefined) view[page] = (...pageArgs) => guard(() => ask.apply(this, pageArgs))
      }
      return original.apply(view, args)
    }
  }
}

const makeGuard = (router: Router): ((ask: () => Promise<unknown>) => Promise<unknown>) => {
  let begun: { readonly epoch: number; readonly endpointId: string } | undefined
  const left = (): CursorLostError => new CursorLostError('The scan', begun?.endpointId)
  return async (ask) => {
    for (;;) {
      const { epoch } = router.route
      if (begun !== undefined && begun.epoch !== epoch) throw left()
      const reply = await ask()
      const { epoch: epochNow, current } = router.route
      if (epochNow === epoch) {
        begun ??= { epoch, endpointId: current?.endpointId ?? '' }
        return reply
      }
      // Nobody knows which of the two endpoints answered. The first page may be asked for again.
      if (begun !== undefined) throw left()
    }
  }
}
