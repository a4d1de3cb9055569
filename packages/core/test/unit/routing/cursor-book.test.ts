import { describe, expect, it } from 'vitest'
import { CursorBook, CursorLostError, type ManagedConnection } from '../../../src/index.ts'

const on = (endpointId: string) => ({ endpointId }) as ManagedConnection

/** A book, and scans of a server that answers each page with the cursor that it is told. */
const bookOf = () => {
  const group = { epoch: 1 }
  const book = new CursorBook(() => group.epoch)
  const scan = (args: readonly string[], next: unknown) =>
    book.guard({
      name: args[0]!,
      unit: 'command' as const,
      readOnly: false,
      args,
      send: () => Promise.resolve(next),
    })
  return { group, scan }
}

describe('a cursor', () => {
  it('of the endpoint in use goes on, in each of the forms that clients give replies', async () => {
    const { scan } = bookOf()
    await scan(['SCAN', '0'], ['17', []]).send(on('east'))
    await expect(scan(['SCAN', '17'], { cursor: 18, keys: [] }).send(on('east'))).resolves.toBeDefined()
    await expect(scan(['SCAN', '18'], [Buffer.from('0'), []]).send(on('east'))).resolves.toBeDefined()
  })

  it('of an endpoint that was left is refused, and names it', async () => {
    const { group, scan } = bookOf()
    await scan(['HSCAN', 'h', '0'], ['17', []]).send(on('east'))
    group.epoch = 2
    await expect(scan(['HSCAN', 'h', '17'], ['0', []]).send(on('west'))).rejects.toMatchObject({
      code: 'CURSOR_LOST',
      endpointId: 'east',
    })
    // Another key's scan, and a new one, are not concerned.
    await expect(scan(['HSCAN', 'other', '17'], ['0', []]).send(on('west'))).resolves.toBeDefined()
    await expect(scan(['HSCAN', 'h', '0'], ['17', []]).send(on('west'))).resolves.toBeDefined()
    await expect(scan(['HSCAN', 'h', '17'], ['0', []]).send(on('west'))).resolves.toBeDefined()
  })

  it('that nobody remembers is let pass, but not taken to another endpoint between two attempts', async () => {
    const { group, scan } = bookOf()
    const task = scan(['SCAN', '99'], ['0', []])
    await expect(task.send(on('east'))).resolves.toBeDefined()
    group.epoch = 2
    await expect(task.send(on('west'))).rejects.toSatisfy(CursorLostError.isInstance)
  })

  it('is remembered for a bounded number of scans', async () => {
    const { group, scan } = bookOf()
    for (let cursor = 1; cursor <= 1001; cursor += 1) await scan(['SCAN', '0'], [String(cursor), []]).send(on('east'))
    group.epoch = 2
    await expect(scan(['SCAN', '1'], ['0', []]).send(on('west'))).resolves.toBeDefined()
    await expect(scan(['SCAN', '1001'], ['0', []]).send(on('west'))).rejects.toSatisfy(CursorLostError.isInstance)
  })
})
