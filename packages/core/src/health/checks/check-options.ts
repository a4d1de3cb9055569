import { checkKnownFields, checkObject } from '../../options/validate.ts'
import type { HealthCheck } from '../health-check.ts'
import { normalizeCheckAt } from '../run-check.ts'

/** What every built-in check can be told. */
export interface CheckOptions {
  /** Names the check in events and in `explain()`. Names must differ within a group. */
  readonly name?: string
  /** Milliseconds. Default: `health.timeout`. */
  readonly timeout?: number
  /** `liveness` (default) evicts the endpoint; `eligibility` only keeps it from becoming a target. */
  readonly governs?: 'liveness' | 'eligibility'
}

const COMMON_FIELDS: readonly string[] = ['name', 'timeout', 'governs']

/** Refuses options that are not an object, or have fields that nobody reads. */
export const checkFields = (kind: string, options: object, fields: readonly string[]): void =>
  checkKnownFields(kind, checkObject(kind, options), [...COMMON_FIELDS, ...fields])

/** A frozen, validated check: `options` over the defaults in `check`. */
export const buildCheck = (kind: string, { name, timeout, governs }: CheckOptions, check: HealthCheck): HealthCheck =>
  Object.freeze(
    normalizeCheckAt(kind, {
      ...check,
      ...(name !== undefined && { name }),
      ...(timeout !== undefined && { timeout }),
      ...(governs !== undefined && { governs }),
    }),
  )
