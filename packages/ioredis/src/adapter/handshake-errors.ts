import { type ErrorVerdict, serverErrorCode } from '@redis-endpoint-failover/core'
import type { Redis } from 'ioredis'
import { classifyIoredisError } from './classify-ioredis-error.ts'

interface ErrorReply extends Error {
  command?: { name: string; args?: unknown }
}

/** Handshake commands that a connection can do without. */
const OPTIONAL = new Set(['client', 'readonly', 'info'])

type HandleReconnection = (error: ErrorReply, item: { command: { name: string } }) => void

/** The errors that a server answered the handshake of one connection with. ioredis shows some of them to nobody. */
export interface HandshakeErrors {
  /** The first one that explains why connecting failed. */
  readonly first: ErrorReply | undefined
  /** The one because of which the connection must not be used, although ioredis calls it ready. */
  readonly fatal: ErrorReply | undefined
  /** The server has answered HELLO, and so let us in. False where it was not asked. */
  readonly isGreeted: boolean
  stop(): void
}

/** Looks at the error replies of `client`, until it is stopped. */
export const watchHandshake = (client: Redis): HandshakeErrors => {
  // Not in the public types.
  const internals = client as unknown as {
    handleReconnection: HandleReconnection
    readonly condition: { readonly protocol?: number } | null
  }
  const original = internals.handleReconnection
  let first: ErrorReply | undefined
  let fatal: ErrorReply | undefined
  internals.handleReconnection = function (this: unknown, error, item) {
    // Arguments may be credentials.
    if (error.command !== undefined) error.command = { name: error.command.name }
    const name = item.command.name.toLowerCase()
    if (!OPTIONAL.has(name)) first ??= error
    // ioredis goes on in database 0, where the commands of this client do not belong.
    if (name === 'select') fatal ??= error
    return original.call(this, error, item)
  }
  return {
    get first() {
      return first
    },
    get fatal() {
      return fatal
    },
    get isGreeted() {
      // ioredis goes back to 2 where the server does not know HELLO; versions before 6 know nothing else.
      return first === undefined && internals.condition?.protocol === 3
    },
    stop: () => {
      internals.handleReconnection = original
    },
  }
}

/** What it says about an endpoint that it answers the handshake with `error`: at least that it does not let us in. */
export const verdictForRefusedHandshake = (error: Error): ErrorVerdict => {
  const verdict = classifyIoredisError(error)
  if (verdict.evidence.weight !== 'none') return verdict
  const message = `the server refused the handshake (${serverErrorCode(error.message)})`
  return { ...verdict, evidence: { weight: 'refuses-connections', reason: 'connections-refused', message } }
}
