import { describe, expect, it } from 'vitest'
import { nameEndpoint } from '../../../src/routing/name-endpoint.ts'
import { World } from '../group/world.ts'

class ReplyError extends Error {}

describe('nameEndpoint', () => {
  it.each([
    ['NOSCRIPT No matching script. Please use EVAL.', 'SCRIPT LOAD'],
    ['ERR Function not found', 'FUNCTION LOAD'],
    ["ERR unknown command 'FT.SEARCH', with args beginning with: 'idx' ", 'a module is missing there'],
    ["ERR unknown subcommand 'NEW'. Try CLIENT HELP.", 'a module is missing there'],
  ])('says of "%s" which endpoint it was and what to do, and keeps the error', (message, advice) => {
    const error = new ReplyError(message)
    const same = nameEndpoint(error, 'west')
    expect(same).toBe(error)
    expect(same).toBeInstanceOf(ReplyError)
    expect(same.message.startsWith(message.trimEnd())).toBe(true)
    expect(same.message).toContain('endpoint "west"')
    expect(same.message).toContain(advice)
    expect(same.stack).toContain(same.message)
    expect(same).toMatchObject({ endpointId: 'west' })
    const once = same.message
    expect(nameEndpoint(same, 'east').message).toBe(once)
  })

  it.each(['WRONGTYPE Operation against a key', 'ERR syntax error', 'ERR value is not an integer', 'NOSCRIPTS'])(
    'leaves "%s" as it is',
    (message) => {
      const error = nameEndpoint(new ReplyError(message), 'west')
      expect(error.message).toBe(message)
      expect(error).not.toHaveProperty('endpointId')
    },
  )

  it('leaves what is no error, or is frozen, as it is', () => {
    expect(nameEndpoint('NOSCRIPT', 'west')).toBe('NOSCRIPT')
    expect(nameEndpoint(Object.freeze(new Error('NOSCRIPT')), 'west').message).toBe('NOSCRIPT')
  })

  it('is what the caller of a command gets', async () => {
    const world = await new World().start()
    const { error } = await world.call(['JSON.GET', 'k'])
    expect(String(error)).toContain('endpoint "east"')
    expect(error).toMatchObject({ endpointId: 'east', kind: 'reply' })
    await world.close()
  })
})
