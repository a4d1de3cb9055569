import { UnsupportedOperationError } from '@redis-endpoint-failover/core'
import type { RedisArguments } from '../native/internals.ts'

const CREDENTIALS = 'give the credentials in clientOptions or in the options of the endpoint.'
const SUBSCRIBING =
  'call the method of the client, client.subscribe() or the like, which follows the active endpoint (a pool has none: make another client for it).'
const TRANSACTIONS = 'use client.multi() and client.watch(), which keep a transaction together.'

/** By command; what is not listed gets the general advice. */
const ADVICE: Readonly<Record<string, string>> = {
  AUTH: CREDENTIALS,
  HELLO: CREDENTIALS,
  SELECT: 'give `database` in clientOptions or in the options of the endpoint.',
  QUIT: 'call client.close().',
  MULTI: TRANSACTIONS,
  EXEC: TRANSACTIONS,
  DISCARD: TRANSACTIONS,
  WATCH: TRANSACTIONS,
  UNWATCH: TRANSACTIONS,
  SUBSCRIBE: SUBSCRIBING,
  PSUBSCRIBE: SUBSCRIBING,
  SSUBSCRIBE: SUBSCRIBING,
  UNSUBSCRIBE: SUBSCRIBING,
  PUNSUBSCRIBE: SUBSCRIBING,
  SUNSUBSCRIBE: SUBSCRIBING,
  'CLIENT SETNAME': 'give `name` in clientOptions or in the options of the endpoint.',
  'CLIENT SETINFO': 'give `clientInfoTag` in clientOptions.',
  'CLIENT TRACKING': 'give a `clientSideCache` configuration in clientOptions.',
}
const GENERAL =
  'it concerns one connection, and this client changes connections; use a client of its own, made by createClient().'

/** Why a command about the connection itself is not sent, and what to do instead. */
export const refuseConnectionState = (args: RedisArguments): UnsupportedOperationError => {
  const name = String(args[0]).toUpperCase()
  const full = ['CLIENT', 'SCRIPT', 'HIMPORT'].includes(name) ? `${name} ${String(args[1]).toUpperCase()}` : name
  return new UnsupportedOperationError(full, ADVICE[full] ?? GENERAL)
}

/** Methods that bypass the routed ones, with what to do instead. All of them return promises. */
export const REFUSED_METHODS: Readonly<Record<string, string>> = {
  select: ADVICE.SELECT as string,
  SELECT: ADVICE.SELECT as string,
  monitor: GENERAL,
  MONITOR: GENERAL,
  reset: GENERAL,
}
