import { type PresetName, presets } from '@redis-endpoint-failover/core'

/** The worst-case detection of a silent hang, by the formulas of the documentation; milliseconds. */
export function detectionOf(preset: PresetName): { readonly idle: number; readonly traffic: number } {
  const { interval, timeout, fall, reprobe, suspicion } = presets[preset].health
  return {
    idle: Math.round(1.1 * interval + fall * timeout + (fall - 1) * 1.1 * reprobe),
    traffic: Math.round(suspicion + (fall - 1) * timeout + (fall - 2) * 1.1 * reprobe),
  }
}

const formulas = detectionOf('default')

/** Of the default settings, as the matrix states them: 3.04 s without traffic, and with it 1.47 s, which it rounds to 1.5 s. */
export const detection = { idle: formulas.idle, traffic: Math.ceil(formulas.traffic / 100) * 100 }

/** A dead process, on loopback. */
export const deathMs = 100

const { interval, timeout } = presets.default.health
/** What a probe sees is known one interval and one time-out after it happened. */
export const oneProbeMs = interval + timeout
