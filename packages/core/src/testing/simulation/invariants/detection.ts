import type { HealthSettings } from '../../../options/presets.ts'
import type { FaultKind } from '../plan/features.ts'
import type { Invariant, Observed } from './invariant.ts'

/** Something bad has to be noticed, or something good, by a certain time, unless anything else happens before. */
interface Duty {
  readonly invariant: 19 | 22
  readonly what: string
  readonly endpointId: string
  readonly dueAt: number
}

/** What detection is told of the servers. */
export interface ServerNews {
  readonly onFault: (kind: FaultKind, ids: readonly string[]) => void
  readonly onHealed: (ids: readonly string[]) => void
  /** Our own loop stood still, an operator acted: bounds do not hold any more. */
  readonly onDisturbed: () => void
}

export interface DetectionOptions {
  /** Endpoints whose servers have been well for long enough, of those that may be active. */
  readonly wellIds: () => readonly string[]
  readonly canServe: () => boolean
}

/** From a silent death to its detection, without any traffic; longer than with it. */
export const worstDetectionMs = ({ interval, timeout, fall, reprobe, connectTimeout }: HealthSettings): number =>
  1.1 * interval + fall * timeout + (fall - 1) * 1.1 * reprobe + connectTimeout

/**
 * 19 and 22: an active endpoint that dies, silently or not, is left within the documented bound while another is well; and
 * where all were down, commands flow again within the documented time after the first server has come back.
 */
export const detectionInvariant = (
  { now, model, settings, report, snapshot }: Observed,
  { wellIds, canServe }: DetectionOptions,
): Invariant & ServerNews => {
  let duties: Duty[] = []
  const others = (id: string): readonly string[] =>
    wellIds().filter((other) => {
      const known = model.endpoints.get(other)
      return other !== id && known?.state === 'up' && known.writable && known.acceptsConnections
    })

  return {
    name: 'detection',
    onFault: (kind, ids) => {
      const [id] = ids
      duties = []
      if (id === undefined || ids.length > 1 || !settings.isChecked || !canServe()) return
      if ((kind !== 'hung' && kind !== 'crashed') || model.active !== id) return
      if (model.endpoints.get(id)?.state !== 'up' || others(id).length === 0) return
      duties.push({
        invariant: 19,
        what: `${id} was ${kind} at ${now().toFixed(0)} ms`,
        endpointId: id,
        dueAt: now() + worstDetectionMs(settings.health(id)),
      })
    },
    onHealed: (ids) => {
      const [id] = ids
      const wasAllDown = model.allDownSince !== undefined
      duties = []
      if (id === undefined || !wasAllDown || !settings.isChecked || !canServe()) return
      // One that drains is not for use.
      if (model.endpoints.get(id)?.state !== 'down') return
      const { timeout, connectTimeout } = settings.health(id)
      duties.push({
        invariant: 22,
        what: `${ids.join(' and ')} came back at ${now().toFixed(0)} ms, after all were down`,
        endpointId: id,
        dueAt: now() + 1200 + timeout + connectTimeout + 500,
      })
    },
    onDisturbed: () => {
      duties = []
    },
    onStep: () => {
      if (duties.length === 0 || now() <= duties[0]!.dueAt) return
      for (const { invariant, what, endpointId, dueAt } of duties) {
        if (invariant === 19 && model.active === endpointId && others(endpointId).length > 0)
          report(19, `${what} and is still active ${(now() - dueAt).toFixed(0)} ms after the bound`)
        if (invariant !== 22) continue
        const { waiting, active } = snapshot()
        if (model.allDownSince !== undefined || waiting > 0 || active === undefined)
          report(22, `${what}: ${waiting} commands still wait, and ${active} is active`)
      }
      duties = []
    },
  }
}
