import type { HealthSettings } from '../options/presets.ts'
import type { StallDetector } from '../runtime/stall-detector.ts'
import type { HealthCheck } from './health-check.ts'
import type { HealthState } from './health-state.ts'
import type { MonitorPorts } from './monitor-ports.ts'

/** The endpoint that is asked, and how it is reached. */
export interface ProbeTarget {
  /** What is asked; empty when only connecting counts (`health: false`). */
  readonly checks: readonly HealthCheck[]
  /** Those of them that the user chose. */
  readonly userChecks: readonly HealthCheck[]
  /** The endpoint looks after several servers by itself: its topology is asked for in place of the default check. */
  readonly managed: () => boolean
  readonly endpoint: () => {
    readonly id: string
    readonly zone: string | undefined
    readonly tags: Readonly<Record<string, string>>
  }
  readonly settings: () => HealthSettings
  readonly health: () => HealthState
  readonly stalls: StallDetector
  readonly ports: MonitorPorts
}
