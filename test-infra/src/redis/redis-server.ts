import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pRetry, { AbortError } from 'p-retry'
import { ManagedProcess, type SignalSent } from '../process/managed-process.ts'
import { reaper } from '../process/reaper.ts'
import { removeTemporaryFolder } from '../process/temporary-folder.ts'
import type { Certificates } from './certificates.ts'
import { openRawConnection, type RawConnection } from './raw-connection.ts'
import { type Credentials, configFile, type RedisOptions } from './redis-options.ts'
import { type Reply, ReplyError } from './resp.ts'

export interface RedisServerInput {
  program: string
  name: string
  port: number
  dir: string
  tls: Certificates | undefined
  control: Credentials
  options: RedisOptions
  /** Further lines of redis.conf. */
  lines?: readonly string[]
  /** Run it by `redis-server --sentinel`. */
  sentinel?: boolean
}

/** Thrown when something else listens on the port already. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

/** One real Redis process on 127.0.0.1. It ends with this process, however this process ends. Made by `startRedis`. */
export class RedisServer implements AsyncDisposable {
  readonly name: string
  readonly host = '127.0.0.1'
  readonly port: number
  /** Password of the default user, if it was started with one. */
  readonly password: string | undefined
  /** Its temporary folder: redis.conf, the log, certificates. Removed by `stop()`. */
  readonly dir: string
  /** PEM texts, if it serves TLS. */
  readonly tls: Certificates | undefined
  /** The user that `command()` and `connect()` use; it may do everything, whatever happens to the default user. */
  readonly control: Credentials
  readonly #input: RedisServerInput
  #process: ManagedProcess | undefined

  constructor(input: RedisServerInput) {
    this.#input = input
    this.name = input.name
    this.port = input.port
    this.password = input.options.password
    this.dir = input.dir
    this.tls = input.tls
    this.control = input.control
  }

  /** `redis://` or `rediss://` with the password of the default user. */
  get url(): string {
    const password = this.password === undefined ? '' : `:${encodeURIComponent(this.password)}@`
    return `${this.tls === undefined ? 'redis' : 'rediss'}://${password}${this.host}:${this.port}`
  }

  get pid(): number {
    return this.#running.pid
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false
  }

  /** What the server logged since its last start. */
  get log(): string {
    return this.#running.log
  }

  /** Resolves when the present process is gone, by whatever cause. */
  get exited(): Promise<void> {
    return this.#running.exited
  }

  /** SIGKILL; resolves when the process is gone, with the moment at which the signal was sent. */
  kill(): Promise<SignalSent> {
    return this.#running.kill()
  }

  /** SIGSTOP: the server hangs. The kernel still accepts connections for it. */
  pause(): Promise<SignalSent> {
    return this.#running.pause()
  }

  /** SIGCONT: ends a pause; the server then answers what came in meanwhile. */
  resume(): Promise<SignalSent> {
    return this.#running.resume()
  }

  /** Starts a new process on the same port and folder, empty; kills the old one first if it still runs. */
  async restart(): Promise<void> {
    if (this.isRunning) await this.kill()
    await this.start()
  }

  /** Ends the process, paused or not, and removes its folder. May be called twice, and `restart()` works afterwards. */
  async stop(): Promise<void> {
    await this.#process?.end()
    await removeTemporaryFolder(this.dir)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /**
   * Runs one command on a connection of its own, without a client library. Rejects with a `ReplyError` for an error
   * reply, and after 5 s if the server does not even let it in. With `maxclients` used up, hold a `connect()` instead.
   */
  async command(...args: (string | number)[]): Promise<Reply> {
    await using connection = await this.connect()
    return await connection.command(...args)
  }

  /** A raw connection, authenticated as the control user unless other credentials (or none: `{}`) are given. */
  connect(credentials: Partial<Credentials> = this.control, timeout?: number): Promise<RawConnection> {
    const { host, port, tls } = this
    return openRawConnection({
      host,
      port,
      tls: tls !== undefined,
      ...credentials,
      ...(timeout !== undefined && { timeout }),
    })
  }

  /** Used by `startRedis` and `restart`: resolves when the new process answers. */
  async start(): Promise<void> {
    const { program, options, sentinel } = this.#input
    this.#writeFiles()
    const mode = sentinel === true ? ['--sentinel'] : []
    const args = ['redis.conf', ...mode, ...(Array.isArray(options.args) ? (options.args as string[]) : [])]
    const process = new ManagedProcess({ name: this.name, command: program, args, dir: this.dir })
    this.#process = process
    try {
      await pRetry(() => this.#answers(process), { retries: 200, minTimeout: 5, factor: 1.2, maxTimeout: 50 })
    } catch (error) {
      await process.end(0)
      throw error
    }
  }

  async #answers(process: ManagedProcess): Promise<void> {
    if (!process.isRunning) {
      const taken = /Address already in use|Failed listening on port/.test(process.log)
      const lastLines = process.log.trim().split('\n').slice(-5).join('\n')
      throw new AbortError(
        taken
          ? new PortTakenError(`Port ${this.port} is taken.`)
          : new Error(`${this.name} did not start (${this.#input.program}):\n${lastLines}`),
      )
    }
    await using connection = await this.connect(this.control, 1000)
    const info = String(await connection.command('INFO', 'server'))
    // Another server of this process lets us in as well; then ours is about to end because of it.
    if (!info.includes(`process_id:${process.pid}\r`)) throw new Error(`Somebody else answers on port ${this.port}.`)
    await connection.command('PING').catch((error: unknown) => {
      // A replica whose master is away answers so until it has synchronised. LOADING is waited for.
      if (!(error instanceof ReplyError && error.message.startsWith('MASTERDOWN'))) throw error
    })
  }

  #writeFiles(): void {
    const { dir, tls } = this
    const configPath = join(dir, 'redis.conf')
    // After a stop() the folder is gone; after a kill() what CONFIG REWRITE wrote is to be kept.
    if (existsSync(configPath)) return
    mkdirSync(dir, { recursive: true })
    reaper.addDir(dir)
    for (const kind of ['ca', 'cert', 'key'] as const) {
      if (tls !== undefined) writeFileSync(join(dir, `${kind}.pem`), tls[kind], { mode: 0o600 })
    }
    writeFileSync(configPath, configFile(this.#input), { mode: 0o600 })
  }

  get #running(): ManagedProcess {
    if (this.#process === undefined) throw new Error(`${this.name} was not started.`)
    return this.#process
  }
}
