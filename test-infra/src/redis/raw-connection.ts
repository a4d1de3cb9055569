import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { decodeReply, encodeCommand, type Reply, ReplyError } from './resp.ts'

export interface RawConnectionOptions {
  host: string
  port: number
  /** Speak TLS and accept any certificate: this is a control connection on loopback, not a test of certificates. */
  tls?: boolean
  username?: string
  password?: string
  /** Milliseconds for the connection and its authentication. Default 5000. */
  timeout?: number
}

interface Pending {
  resolve(reply: Reply): void
  reject(error: Error): void
}

/** One connection without any client library in between. It keeps the process alive only while a reply is awaited. */
export class RawConnection implements AsyncDisposable {
  readonly socket: Socket
  readonly #pending: Pending[] = []
  #unread: Buffer = Buffer.alloc(0)
  #error: Error | undefined

  /** Use `openRawConnection`. */
  constructor(socket: Socket) {
    this.socket = socket
    socket.unref()
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The connection was closed.')))
  }

  /** Sends one command; resolves with its reply, rejects with a `ReplyError` or when the connection is lost. Pipelines. */
  command(...args: (string | number)[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error)
      this.#pending.push({ resolve, reject })
      this.socket.ref()
      this.socket.write(encodeCommand(args))
    })
  }

  close(): void {
    this.socket.destroy()
    this.#fail(new Error('The connection was closed.'))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.close())
  }

  #read(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk])
    try {
      let decoded = decodeReply(this.#unread)
      while (decoded !== undefined) {
        this.#unread = this.#unread.subarray(decoded.end)
        this.#settle(decoded.reply)
        decoded = this.#unread.length === 0 ? undefined : decodeReply(this.#unread)
      }
    } catch (error) {
      this.socket.destroy()
      this.#fail(error as Error)
    }
  }

  #settle(reply: Reply): void {
    const pending = this.#pending.shift()
    if (this.#pending.length === 0) this.socket.unref()
    // Without a command before it, it is the server's word before it closes ("max number of clients reached").
    if (pending === undefined) this.#fail(reply instanceof Error ? reply : new Error('A reply without a command.'))
    else if (reply instanceof ReplyError) pending.reject(reply)
    else pending.resolve(reply)
  }

  #fail(error: Error): void {
    this.#error ??= error
    for (const { reject } of this.#pending.splice(0)) reject(this.#error)
  }
}

/** Connects and, with a password, authenticates. Rejects after `timeout`, for instance if the server is paused. */
export async function openRawConnection(options: RawConnectionOptions): Promise<RawConnection> {
  const { host, port, username, password, timeout = 5000 } = options
  const socket =
    options.tls === true
      ? connectTls({ host, port, rejectUnauthorized: false })
      : connectTcp({ host, port, noDelay: true })
  const timer = setTimeout(
    () => socket.destroy(new Error(`${host}:${port} did not answer within ${timeout} ms.`)),
    timeout,
  )
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(options.tls === true ? 'secureConnect' : 'connect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error(`${host}:${port} closed the connection.`)))
    })
    const connection = new RawConnection(socket)
    if (password !== undefined)
      await connection.command('AUTH', ...(username === undefined ? [] : [username]), password)
    return connection
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }
}
