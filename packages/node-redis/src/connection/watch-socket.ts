import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

const CHANNEL = 'net.client.socket'

/**
 * Calls `connect` and returns the socket that it opened in this very turn, or `undefined` for TLS, whose sockets are not
 * announced. node-redis keeps its socket to itself, and only the socket knows how many bytes have arrived.
 */
export const watchSocket = <T>(connect: () => T): { readonly result: T; readonly socket: Socket | undefined } => {
  let socket: Socket | undefined
  const onSocket = (message: unknown): void => {
    socket ??= (message as { socket: Socket }).socket
  }
  subscribe(CHANNEL, onSocket)
  try {
    return { result: connect(), socket }
  } finally {
    unsubscribe(CHANNEL, onSocket)
  }
}
