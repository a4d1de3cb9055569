import { expect, it } from 'vitest'
import { OwnKeys } from '../../../../src/health/checks/own-keys.ts'

it('a check has a key for each of its probes under way, and uses them again', async () => {
  const keys = new OwnKeys()
  const used: string[] = []
  let end = (): void => {}
  const first = keys.with('key', (key) => {
    used.push(key)
    return new Promise<void>((resolve) => {
      end = resolve
    })
  })
  const note = async (key: string): Promise<void> => void used.push(key)
  await keys.with('key', note)
  await keys.with('key', note)
  await expect(keys.with('key', () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
  end()
  await first
  await keys.with('key', note)
  expect(used).toEqual(['key', 'key:2', 'key:2', 'key'])
})
