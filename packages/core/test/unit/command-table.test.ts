import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { argumentRules } from '../../src/retry/commands/argument-rules.ts'
import { blockingNames, namesByCategory } from '../../src/retry/commands/command-table.generated.ts'
import {
  blockingTimeoutMs,
  type CommandArgument,
  type CommandCategory,
  commandCategory,
  isBlockingCommand,
  isConnectionStateCommand,
  isReadOnlyCommand,
  isReplicaReadCommand,
  mayBlock,
  mayHoldConnectionState,
} from '../../src/retry/commands/index.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** One command per line, arguments separated by spaces. */
const commands = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim())

const examples: Record<CommandCategory, string> = {
  'read-only': `
    GET k
    MGET a b
    HGETALL k
    ZRANGE k 0 -1
    DIGEST k
    PING
    ECHO x
    TIME
    INFO
    INFO server
    DBSIZE
    LASTSAVE
    ROLE
    KEYS *
    TOUCH k
    SCAN 0
    SCAN 0 MATCH * COUNT 10
    HSCAN k 0
    SSCAN k 0
    ZSCAN k 0
    GETEX k
    HGETEX k FIELDS 1 f
    SORT k
    SORT k BY w_* LIMIT 0 5 GET # ALPHA
    SORT_RO k
    BITFIELD k GET u8 0
    BITFIELD k GET u8 0 GET u8 8
    BITFIELD_RO k GET u8 0
    GEORADIUS k 1 2 3 km WITHDIST
    GEORADIUSBYMEMBER k STORE 3 km
    GEORADIUS_RO k 1 2 3 km
    GEOSEARCH k FROMMEMBER m BYRADIUS 3 km
    XREAD STREAMS s 0
    XREAD BLOCK 0 STREAMS s $
    XPENDING s g
    XINFO STREAM s
    XINFO GROUPS s
    OBJECT ENCODING k
    OBJECT HELP
    MEMORY USAGE k
    CONFIG GET maxmemory
    CLIENT LIST
    CLIENT ID
    CLIENT GETNAME
    CLUSTER INFO
    CLUSTER SHARDS
    SCRIPT EXISTS sha
    FUNCTION LIST
    ACL WHOAMI
    ACL LOG
    ACL LOG 5
    SLOWLOG GET
    LATENCY LATEST
    MODULE LIST
    PUBSUB NUMSUB c
    COMMAND
    COMMAND DOCS get
    EVAL_RO s 0
    EVALSHA_RO sha 0
    FCALL_RO f 0
    JSON.GET k $
    FT.SEARCH idx *
    FT.AGGREGATE idx *
    FT._LIST
    FT.CONFIG GET TIMEOUT
    TS.RANGE k - +
    TS.MGET FILTER a=b
    BF.EXISTS k i
    BF.SCANDUMP k 0
    CF.COUNT k i
    CMS.QUERY k i
    TOPK.LIST k
    TDIGEST.QUANTILE k 0.5
    VSIM k ELE e
    VCARD k`,
  'conditional-write': `
    SETNX k v
    SET k v NX
    SET k v EX 10 NX
    SET k v XX
    SET k v IFEQ old
    DELEX k IFEQ v
    MSETNX a 1
    MSETEX 2 a 1 b 2 NX
    MSETEX 1 a 1 EX 5 XX
    HSETNX k f v
    HSETEX k FNX FIELDS 1 f v
    HSETEX k EX 5 FXX FIELDS 1 f v
    EXPIRE k 10 NX
    PEXPIREAT k 10 GT
    HEXPIRE k 10 LT FIELDS 1 f
    ZADD k NX 1 m
    ZADD k GT CH 1 m
    GEOADD k CH XX 1 2 m
    COPY a b
    RESTORE k 0 payload
    RENAME a b
    RENAMENX a b
    MOVE k 1
    XGROUP CREATE s g $
    JSON.SET k $ 1 NX
    FT.CREATE idx SCHEMA t TEXT
    FT.DROPINDEX idx
    TS.CREATE k
    BF.RESERVE k 0.1 10
    CF.ADDNX k i`,
  'last-write-wins': `
    SET k v
    SET k v EX 10
    SET k NX
    SETEX k 1 v
    MSET a 1 b 2
    MSETEX 1 NX XX
    MSETEX 1 a 1 EX 5
    DEL k
    UNLINK k
    DELEX k
    EXPIRE k 10
    PERSIST k
    GETEX k EX 10
    GETEX k PERSIST
    HSET k f v
    HSET k NX XX
    HSETEX k EX 5 FIELDS 1 FNX v
    HGETEX k EX 5 FIELDS 1 f
    HEXPIRE k 10 FIELDS 1 NX
    HDEL k f
    SADD k m
    SREM k m
    ZADD k 1 m
    ZADD k CH 1 NX
    ZREM k m
    GEOADD k 1 2 NX
    LSET k 0 v
    BITFIELD k SET u8 0 1
    SORT k STORE d
    SORT k LIMIT 0 1 STORE d
    GEORADIUS k 1 2 3 km STORE d
    GEORADIUS k 1 2 3 km COUNT 1 STOREDIST d
    GEORADIUSBYMEMBER k m 3 km STORE d
    BITOP AND d a b
    ZUNIONSTORE d 2 a b
    COPY a b REPLACE
    COPY a b DB 1 REPLACE
    RESTORE k 0 payload REPLACE
    XACK s g 1-0
    XDEL s 1-0
    XTRIM s MAXLEN 10
    SCRIPT LOAD s
    JSON.SET k $ 1
    JSON.DEL k
    FT.SUGADD k s 1
    TDIGEST.MERGE d 1 a OVERRIDE
    VADD k VALUES 1 1 e`,
  accumulating: `
    INCR k
    INCRBYFLOAT k 1
    HINCRBY k f 1
    ZINCRBY k 1 m
    ZADD k INCR 1 m
    ZADD k XX INCR 1 m
    APPEND k v
    LPUSH k v
    RPUSHX k v
    LPOP k
    LREM k 1 v
    LTRIM k 1 -1
    BLPOP k 0
    BLMPOP 0 1 k LEFT
    SPOP k
    ZPOPMIN k
    ZREMRANGEBYRANK k 0 0
    GETSET k v
    GETDEL k
    HGETDEL k FIELDS 1 f
    SET k v GET
    SET k v NX GET
    BITFIELD k INCRBY u8 0 1
    BITFIELD k GET u8 0 INCRBY u8 0 1
    BITOP NOT k k
    ZUNIONSTORE d 2 d b
    ZRANGESTORE k k 1 -1
    SORT k LIMIT 1 5 STORE k
    PUBLISH c m
    SPUBLISH c m
    XADD s * f v
    XREADGROUP GROUP g c STREAMS s >
    XREADGROUP GROUP g c NOACK STREAMS s >
    XCLAIM s g c 0 1-0
    XAUTOCLAIM s g c 0 0
    JSON.NUMINCRBY k $ 1
    JSON.ARRAPPEND k $ 1
    JSON.DEL k $.a[0]
    FT.SUGADD k s 1 INCR
    TS.ADD k * 1
    TS.INCRBY k 1
    CF.ADD k i
    CMS.INCRBY k i 1
    TOPK.ADD k i
    TDIGEST.ADD k 1
    TDIGEST.MERGE d 1 a`,
  administrative: `
    CONFIG SET maxmemory 1
    CONFIG RESETSTAT
    FLUSHALL
    FLUSHDB
    SHUTDOWN
    SWAPDB 0 1
    DEBUG SLEEP 1
    BGSAVE
    FAILOVER
    REPLICAOF NO ONE
    CLIENT KILL ID 1
    CLIENT PAUSE 10
    CLUSTER RESET
    CLUSTER FAILOVER
    SCRIPT FLUSH
    FUNCTION LOAD code
    FUNCTION FLUSH
    ACL SETUSER u
    ACL LOG RESET
    SLOWLOG RESET
    LATENCY RESET
    MEMORY PURGE
    MODULE LOAD m
    FT.CONFIG SET TIMEOUT 1`,
  never: `
    MULTI
    EXEC
    DISCARD
    WATCH k
    UNWATCH
    SUBSCRIBE c
    PSUBSCRIBE c
    SSUBSCRIBE c
    UNSUBSCRIBE
    SELECT 1
    AUTH p
    HELLO 3
    RESET
    QUIT
    MONITOR
    SYNC
    READONLY
    READWRITE
    ASKING
    CLIENT REPLY OFF
    CLIENT TRACKING ON
    CLIENT SETNAME n
    WAIT 1 0
    WAITAOF 1 0 0
    EVAL s 0
    EVALSHA sha 0
    FCALL f 0
    SCAN
    SCAN 17
    SCAN 17 MATCH 0
    HSCAN k 17
    SSCAN k 17
    ZSCAN k 17
    HSCAN 0 17
    BF.SCANDUMP k 1
    FT.CURSOR READ idx 7
    FT.CURSOR DEL idx 7
    CONFIG
    CONFIG NOSUCH
    OBJECT
    XGROUP
    GETT k
    NOSUCH.COMMAND k
    |GET
    CONFIG|GET maxmemory`,
}

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
    SUBSCRIBE c
    PSUBSCRIBE c
    SSUBSCRIBE c
    UNSUBSCRIBE
    PUNSUBSCRIBE
    SUNSUBSCRIBE
    MONITOR
    SYNC
    PSYNC ? -1
    REPLCONF ACK 0
    SELECT 1
    AUTH p
    HELLO 3
    RESET
    QUIT
    WATCH k
    UNWATCH
    MULTI
    EXEC
    DISCARD
    READONLY
    READWRITE
    ASKING
    CLIENT REPLY OFF
    CLIENT TRACKING ON
    CLIENT CACHING YES
    CLIENT SETNAME n
    CLIENT SETINFO LIB-NAME x
    CLIENT NO-EVICT ON
    CLIENT NO-TOUCH ON
    SCRIPT DEBUG YES
    HIMPORT PREPARE s f`)

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
