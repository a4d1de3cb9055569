import { expect, it } from 'vitest'
import { calmLine, isCalm, runCalm } from '../../src/simulate/run-calm.ts'

it('where nothing fails, half an hour passes without a switch, a change of health or a call that fails', async () => {
  const result = await runCalm('half an hour', 0.5)
  expect(result).toMatchObject({ switches: 0, healthChanges: 0, callsFailed: 0, violations: [] })
  expect(result.callsAnswered).toBeGreaterThan(250)
  expect(isCalm(result)).toBe(true)
})

it('a switch, a change of health or a call that fails is no calm, nor is a run in which nothing was asked', () => {
  const calm = { hours: 1, switches: 0, healthChanges: 0, callsFailed: 0, callsAnswered: 10, violations: [] }
  expect(isCalm(calm)).toBe(true)
  expect(isCalm({ ...calm, switches: 1 })).toBe(false)
  expect(isCalm({ ...calm, healthChanges: 1 })).toBe(false)
  expect(isCalm({ ...calm, callsFailed: 1 })).toBe(false)
  expect(isCalm({ ...calm, callsAnswered: 0 })).toBe(false)
  expect(calmLine({ ...calm, callsFailed: 1 })).toContain('1 of 11 calls failed')
})
