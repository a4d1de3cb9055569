import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { argumentRules } from '../../src/retry/commands/argument-rules.ts'
import { blockingCommandNames } from '../../src/retry/commands/blocking-commands.ts'
import { blockingNames, namesByCategory } from '../../src/retry/commands/command-table.generated.ts'
import { connectionStateNames } from '../../src/retry/commands/connection-state.ts'
import {
  blockingTimeoutMs,
  type CommandArgument,
  commandCategory,
  isBlockingCommand,
  isConnectionStateCommand,
  isReadOnlyCommand,
  isReplicaReadCommand,
  mayBlock,
  mayHoldConnectionState,
  mayNeedCare,
} from '../../src/retry/commands/index.ts'
import { examples } from './command-table.examples.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Commands are separated by semicolons, their arguments by spaces. */
const commands = (text: string): string[] => text.trim().split(/;\s*/)

describe('commandCategory', () => {
  describe.each(Object.entries(examples))('is %s for', (category, lines) => {
    it.each(commands(lines))('%s', (line) => {
      const args = line.split(' ')
      expect(commandCategory(args)).toBe(category)
      expect(commandCategory(args.map((argument) => argument.toLowerCase()))).toBe(category)
      expect(commandCategory(args.map((argument) => Buffer.from(argument)))).toBe(category)
      expect(isReadOnlyCommand(args)).toBe(category === 'read-only')
    })
  })

  it('is never for what names no command', () => {
    const oddities: CommandArgument[][] = [[], [''], [1], [Buffer.alloc(0)], ['\u212a'], ['x'.repeat(5000)]]
    expect(oddities.map((args) => commandCategory(args))).toEqual(oddities.map(() => 'never'))
  })

  it('does not take a name for another one that shares its low bits', () => {
    // '\u0147' and 'G' agree in the bits by which the index sorts names, '\u000e' and '.' in all but the case bit.
    expect(commandCategory(['\u0147ET', 'k'])).toBe('never')
    expect(commandCategory(['GE\u0154', 'k'])).toBe('never')
    expect(commandCategory(['FT\u000eSEARCH', 'i'])).toBe('never')
    expect(commandCategory(['EVAL\u007fRO', 's', '0'])).toBe('never')
  })

  it('knows a cursor that is a number or a plain byte array', () => {
    expect(commandCategory(['SCAN', 0])).toBe('read-only')
    expect(commandCategory(['SCAN', 17])).toBe('never')
    expect(commandCategory(['SCAN', new Uint8Array([48])])).toBe('read-only')
  })

  it('knows bytes of another realm', () => {
    const foreign = runInNewContext('Uint8Array.from([71, 69, 84])') as Uint8Array
    expect(foreign instanceof Uint8Array).toBe(false)
    expect(commandCategory([foreign, 'k'])).toBe('read-only')
  })

  it('recognizes a destination among its sources whatever the type of each', () => {
    expect(commandCategory(['BITOP', 'NOT', 'k', Buffer.from('k')])).toBe('accumulating')
    expect(commandCategory(['BITOP', 'NOT', Buffer.from('7'), 7])).toBe('accumulating')
    expect(commandCategory(['BITOP', 'NOT', Buffer.from('k'), Buffer.from('l')])).toBe('last-write-wins')
  })
})

describe('the generated table', () => {
  const names = Object.values(namesByCategory).flatMap(words)

  it('lists every command once', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(450)
  })

  it('has every command for which there is an argument rule', () => {
    expect(Object.keys(argumentRules).filter((name) => !names.includes(name))).toEqual([])
  })

  it('finds each of its commands again, but for those whose arguments decide', () => {
    for (const [category, list] of Object.entries(namesByCategory)) {
      for (const name of words(list).filter((name) => argumentRules[name] === undefined)) {
        expect([name, commandCategory(name.split('|'))]).toEqual([name, category])
      }
    }
  })
})

describe('isReplicaReadCommand', () => {
  it.each(['GET k', 'SCAN 0', 'SORT_RO k', 'EVAL_RO s 0', 'XREAD STREAMS s 0', 'FT.SEARCH i *'])(
    'accepts %s',
    (line) => {
      expect(isReplicaReadCommand(line.split(' '))).toBe(true)
    },
  )

  it.each([
    'SET k v',
    'SCAN 17',
    'SORT k',
    'BITFIELD k GET u8 0',
    'GEORADIUS k 1 2 3 km',
    'GETEX k',
    'EVAL s 0',
    'NOSUCH',
  ])('refuses %s', (line) => {
    expect(isReplicaReadCommand(line.split(' '))).toBe(false)
  })
})

describe('blocking commands', () => {
  it('are those that the server flags as blocking', () => {
    expect(words(blockingNames)).toHaveLength(13)
    expect(words(blockingNames).filter((name) => !mayBlock(name))).toEqual([])
    const others = Object.values(namesByCategory)
      .flatMap(words)
      .filter((name) => !words(blockingNames).includes(name))
    expect(others.filter((name) => mayBlock(name.split('|')[0]))).toEqual([])
  })

  it.each([
    ['BLPOP a b 1.5', 1500],
    ['brpop a 0', Number.POSITIVE_INFINITY],
    ['BRPOPLPUSH a b 2', 2000],
    ['BLMOVE a b LEFT RIGHT 2', 2000],
    ['BLMOVEM a b LEFT RIGHT 2 COUNT 10 OBO', 2000],
    ['BLMPOP 3 1 a LEFT COUNT 2', 3000],
    ['BZPOPMIN a 1', 1000],
    ['BZPOPMAX a 0.0', Number.POSITIVE_INFINITY],
    ['BZMPOP 0 1 a MIN', Number.POSITIVE_INFINITY],
    ['XREAD BLOCK 250 STREAMS s $', 250],
    ['XREAD COUNT 1 BLOCK 0 STREAMS s $', Number.POSITIVE_INFINITY],
    ['XREADGROUP GROUP g c BLOCK 250 STREAMS s >', 250],
    ['XREADGROUP GROUP BLOCK 9 COUNT 1 block 250 STREAMS s >', 250],
    ['WAIT 1 500', 500],
    ['WAITAOF 1 1 0', Number.POSITIVE_INFINITY],
  ])('%s blocks for up to %d ms', (line, timeoutMs) => {
    const args = line.split(' ')
    expect(isBlockingCommand(args)).toBe(true)
    expect(blockingTimeoutMs(args)).toBe(timeoutMs)
    expect(isBlockingCommand(args.map((argument) => Buffer.from(argument)))).toBe(true)
    expect(blockingTimeoutMs(args.map((argument) => Buffer.from(argument)))).toBe(timeoutMs)
  })

  it.each([
    'GET k',
    'LPOP k',
    'BITCOUNT k',
    'XADD s * f v',
    'XREAD STREAMS s 0',
    'XREAD COUNT 1 STREAMS BLOCK 0',
    'XREADGROUP GROUP g c STREAMS s >',
    'XREADGROUP GROUP BLOCK 0 STREAMS s >',
    'WATCH k',
    'BLPOPP k 0',
    'NOSUCH',
  ])('%s does not block', (line) => {
    expect(isBlockingCommand(line.split(' '))).toBe(false)
    expect(blockingTimeoutMs(line.split(' '))).toBeUndefined()
  })

  it.each(['BLPOP', 'BLPOP a x', 'BLPOP a -1', 'WAIT 1', 'XREAD BLOCK'])('%s blocks for no readable time', (line) => {
    expect(isBlockingCommand(line.split(' '))).toBe(true)
    expect(blockingTimeoutMs(line.split(' '))).toBeUndefined()
  })

  it('accept a timeout that is a number', () => {
    expect(blockingTimeoutMs(['BLPOP', 'k', 0.25])).toBe(250)
    expect(blockingTimeoutMs(['BLPOP', 'k', 0])).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('isConnectionStateCommand', () => {
  const stateful = commands(`
    SUBSCRIBE c; PSUBSCRIBE c; SSUBSCRIBE c; UNSUBSCRIBE; PUNSUBSCRIBE; SUNSUBSCRIBE; MONITOR; SYNC; PSYNC ? -1;
    REPLCONF ACK 0; SELECT 1; AUTH p; HELLO 3; RESET; QUIT; WATCH k; UNWATCH; MULTI; EXEC; DISCARD; READONLY;
    READWRITE; ASKING; CLIENT REPLY OFF; CLIENT TRACKING ON; CLIENT CACHING YES; CLIENT SETNAME n;
    CLIENT SETINFO LIB-NAME x; CLIENT NO-EVICT ON; CLIENT NO-TOUCH ON; SCRIPT DEBUG YES; HIMPORT PREPARE s f
  `)

  it.each(stateful)('accepts %s, which is never run again', (line) => {
    const args = line.split(' ')
    expect(isConnectionStateCommand(args)).toBe(true)
    expect(isConnectionStateCommand(args.map((argument) => argument.toLowerCase()))).toBe(true)
    expect(isConnectionStateCommand(args.map((argument) => Buffer.from(argument)))).toBe(true)
    expect(mayHoldConnectionState(args[0])).toBe(true)
    expect(commandCategory(args)).toBe('never')
  })

  it.each([
    'GET k',
    'SET k v',
    'SADD k m',
    'CLIENT LIST',
    'CLIENT',
    'SCRIPT LOAD s',
    'PUBLISH c m',
    'WAIT 1 0',
    'NOSUCH',
  ])('refuses %s', (line) => {
    expect(isConnectionStateCommand(line.split(' '))).toBe(false)
  })

  it('can be asked for a name alone, which then speaks for all its subcommands', () => {
    expect(['client', 'SCRIPT', 'select', 'GET', 'config', undefined].map(mayHoldConnectionState)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('mayNeedCare', () => {
  it('is true for every name that may block or concern the connection, in either case and as bytes', () => {
    const careful = [...blockingCommandNames, ...connectionStateNames].map((name) => name.split('|')[0] ?? name)
    expect(careful.every((name) => mayBlock(name) || mayHoldConnectionState(name))).toBe(true)
    expect(careful.filter((name) => !mayNeedCare(name) || !mayNeedCare(name.toLowerCase()))).toEqual([])
    expect([Buffer.from('GET'), undefined, 5].map((name) => mayNeedCare(name))).toEqual([true, true, true])
  })

  it('is false for what applications send most, also where it is asked about names that are none', () => {
    const common = [
      'GET',
      'SET',
      'DEL',
      'INCR',
      'MGET',
      'HGET',
      'HSET',
      'LPUSH',
      'ZADD',
      'EXPIRE',
      'PING',
      '',
      '\u0147',
    ]
    expect(common.filter((name) => mayNeedCare(name))).toEqual([])
  })
})
