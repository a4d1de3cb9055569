import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { CommandArgument } from '@redis-endpoint-failover/core'
import { decodeReply, type Reply, ReplyError } from '../../../../test-infra/src/redis/resp.ts'

export { ReplyError }

export interface RawOptions {
  readonly host: string
  readonly port: number
  readonly username?: string
  readonly password?: string
  readonly tls?: { readonly ca: string | undefined }
}

/** Thrown for a command that was not written. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError'
}

interface Pending {
  resolve(reply: Reply): void
  reject(error: unknown): void
}

/** The least that a Redis client can be: one socket, replies in order. Stands for a client that a third party wraps. */
export class RawClient {
  readonly #options: RawOptions
  readonly #onClosed: (error: unknown) => void
  readonly #pending: Pending[] = []
  #socket: Socket | undefined
  #unread: Buffer = Buffer.alloc(0)
  #ended = false

  /** `onClosed` is called once, when the socket ends for any reason but `destroy()`. */
  constructor(options: RawOptions, onClosed: (error: unknown) => void) {
    this.#options = options
    this.#onClosed = onClosed
  }

  get socket(): Socket | undefined {
    return this.#socket
  }

  async connect(): Promise<void> {
    const { host, port, username, password, tls } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#pending.push({ resolve: () => resolve(), reject })
      if (this.#ended) return this.#end(new NotConnectedError('The client was destroyed.'))
      const socket = tls === undefined ? connectTcp({ host, port, noDelay: true }) : connectTls({ host, port, ...tls })
      this.#socket = socket
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => this.#pending.shift()?.resolve('connected'))
      socket.on('data', (chunk: Buffer) => this.#read(chunk))
      socket.on('error', (error) => this.#end(error))
      socket.on('close', () => this.#end(Object.assign(new Error('The server closed.'), { code: 'ECONNRESET' })))
    })
    if (password !== undefined) await this.command(['AUTH', ...(username === undefined ? [] : [username]), password])
    await this.command(['PING'])
  }

  command(args: readonly CommandArgument[]): Promise<Reply> {
    const socket = this.#socket
    if (this.#ended || socket === undefined || !socket.writable || socket.connecting)
      return Promise.reject(new NotConnectedError('There is no connection.'))
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject })
      socket.write(encode(args))
    })
  }

  get isUsable(): boolean {
    return !this.#ended && this.#socket?.writable === true && !this.#socket.connecting
  }

  destroy(): void {
    this.#fail(new Error('The client was destroyed.'))
    this.#socket?.destroy()
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk])
    try {
      for (let next = decodeReply(this.#unread); next !== undefined; next = decodeReply(this.#unread)) {
        this.#unread = this.#unread.subarray(next.end)
        const { reply } = next
        const pending = this.#pending.shift()
        // Without a command before it, it is the server's word before it hangs up.
        if (pending === undefined) return this.#end(reply)
        if (reply instanceof ReplyError) pending.reject(reply)
        else pending.resolve(reply)
        if (this.#unread.length === 0) return
      }
    } catch (error) {
      this.#end(Object.assign(error as Error, { code: 'PROTOCOL' }))
    }
  }

  #end(error: unknown): void {
    if (this.#ended) return
    this.#fail(error)
    this.#socket?.destroy()
    this.#onClosed(error)
  }

  #fail(error: unknown): void {
    this.#ended = true
    for (const { reject } of this.#pending.splice(0)) reject(error)
  }
}

const encode = (args: readonly CommandArgument[]): Buffer => {
  const parts: Buffer[] = [Buffer.from(`*${args.length}\r\n`)]
  for (const arg of args) {
    const bytes = Buffer.from(typeof arg === 'number' ? String(arg) : (arg as string))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}
