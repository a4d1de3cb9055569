import { type CommandArgument, type CommandIndex, createCommandIndex, equalsToken, isBytes } from './command-index.ts'

interface BlockingForm {
  /** Where the timeout stands; -1 if these arguments do not block. */
  readonly timeoutIndex: (args: readonly CommandArgument[]) => number
  readonly unitMs: 1 | 1000
}

const last = (unitMs: 1 | 1000): BlockingForm => ({ timeoutIndex: (args) => args.length - 1, unitMs })
const at = (index: number, unitMs: 1 | 1000): BlockingForm => ({ timeoutIndex: () => index, unitMs })

/** BLOCK is looked for among the options only, which end at STREAMS: a stream may be called like one. */
const streamOption = (from: number): BlockingForm => ({
  unitMs: 1,
  timeoutIndex(args) {
    for (let i = from; i < args.length && !equalsToken(args[i], 'STREAMS'); i++) {
      if (equalsToken(args[i], 'BLOCK')) return i + 1
    }
    return -1
  },
})

/** The names are those of `blockingNames` in the generated table; a test holds them together. */
const blockingForms: Readonly<Record<string, BlockingForm>> = {
  BLPOP: last(1000),
  BRPOP: last(1000),
  BRPOPLPUSH: last(1000),
  BLMOVE: last(1000),
  BLMOVEM: at(5, 1000),
  BZPOPMIN: last(1000),
  BZPOPMAX: last(1000),
  BLMPOP: at(1, 1000),
  BZMPOP: at(1, 1000),
  XREAD: streamOption(1),
  XREADGROUP: streamOption(4), // past GROUP, group and consumer, which may be called anything
  WAIT: at(2, 1),
  WAITAOF: at(3, 1),
}

/** Names of the commands that have a blocking form. */
export const blockingCommandNames: readonly string[] = Object.keys(blockingForms)

const blocking: CommandIndex<BlockingForm> = /* @__PURE__ */ createCommandIndex(Object.entries(blockingForms))

/** Whether the command `name` has a blocking form: for callers that would have to build `args` in order to ask. */
export function mayBlock(name: CommandArgument | undefined): boolean {
  return blocking.has(name)
}

/**
 * Whether the server may hold back the reply to `args` on purpose. `XREAD` and `XREADGROUP` count only with BLOCK.
 * Inside MULTI nothing blocks; that is the caller's to know. Asked for every command: a few nanoseconds, no allocation.
 */
export function isBlockingCommand(args: readonly CommandArgument[]): boolean {
  const form = blocking.find(args)
  return form !== undefined && form.timeoutIndex(args) !== -1
}

/**
 * How long the server may hold back the reply, in milliseconds: `Infinity` for a timeout of 0. Undefined if `args` do
 * not block, or if their timeout is no number or negative, which the server refuses at once.
 */
export function blockingTimeoutMs(args: readonly CommandArgument[]): number | undefined {
  const form = blocking.find(args)
  if (form === undefined) return undefined
  const argument = args[form.timeoutIndex(args)]
  if (argument === undefined) return undefined
  const text = isBytes(argument) ? Buffer.from(argument).toString('latin1') : String(argument)
  const timeout = text === '' ? Number.NaN : Number(text) * form.unitMs
  if (timeout === 0) return Number.POSITIVE_INFINITY
  return timeout > 0 ? timeout : undefined
}

/** Writes another block time into `args`, which must block: milliseconds, of which the command may take whole ones only. */
export function setBlockingTimeout(args: CommandArgument[], timeoutMs: number): void {
  const form = blocking.find(args)
  if (form === undefined) return
  const index = form.timeoutIndex(args)
  if (index !== -1) args[index] = form.unitMs === 1 ? String(Math.ceil(timeoutMs)) : (timeoutMs / 1000).toFixed(3)
}
