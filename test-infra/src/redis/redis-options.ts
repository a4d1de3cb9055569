import type { CertificateOptions, Certificates } from './certificates.ts'

export interface ReplicationSource {
  host: string
  port: number
  username?: string | undefined
  password?: string | undefined
  /** Defined if the source speaks TLS. */
  tls?: Certificates | undefined
}

export interface RedisOptions {
  /** For messages and the folder's name. Default `redis`. */
  name?: string
  /** Default: a free one, and another one if somebody takes it first. */
  port?: number
  /** Further settings: lines of redis.conf as an object, or command line arguments such as `['--maxclients', '50']`. */
  args?: Readonly<Record<string, string | number>> | readonly string[]
  /** Password of the default user. */
  password?: string
  /** Lines as in `ACL SETUSER`, for instance `'reader on >secret ~* +@read'`; `'default off'` works too. */
  aclUsers?: readonly string[]
  /**
   * Serve TLS instead of plain TCP. The certificates are new, by one authority for all servers of this process, unless
   * whole certificates or an authority are given.
   */
  tls?: boolean | CertificateOptions | Certificates
  /** Start as a replica of this server. See `waitForReplication`. */
  replicaOf?: ReplicationSource
}

/**
 * A user of our own on every server, so that `server.command()` goes on working when a test changes the password or the
 * ACL of the default user. Shared by the servers of one process, so that any of them can become a replica of another.
 */
export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface ConfigFileInput {
  options: RedisOptions
  port: number
  dir: string
  control: Credentials
  tls: Certificates | undefined
  /** Lines that an object cannot hold, because their key repeats (`sentinel ...`). */
  lines?: readonly string[]
}

type Setting = [key: string, value: string | number | undefined]

/** The text of redis.conf. A file, not arguments, so that CONFIG REWRITE (and Sentinel, which uses it) works. */
export function configFile({ options, port, dir, control, tls, lines = [] }: ConfigFileInput): string {
  const { args = {}, password, aclUsers = [], replicaOf } = options
  const source = replicaOf === undefined || isOurs(replicaOf, control) ? control : replicaOf
  const settings: Setting[] = [
    ['bind', '127.0.0.1'],
    ['protected-mode', 'no'],
    ['daemonize', 'no'],
    ['dir', quote(dir)],
    ['save', ''],
    ['appendonly', 'no'],
    ['enable-debug-command', 'yes'],
    // A replica is ready in milliseconds instead of the 5 s that the default waits for more replicas.
    ['repl-diskless-sync-delay', 0],
    ...(tls === undefined ? plainSettings(port) : tlsSettings(port, dir)),
    ['user', `${control.username} on >${control.password} ~* &* +@all`],
    ...aclUsers.map((line) => ['user', line.replace(/^user\s+/, '')] as Setting),
    ['requirepass', password === undefined ? undefined : quote(password)],
    ['masteruser', source.username],
    ['masterauth', source.password === undefined ? undefined : quote(source.password)],
    ['replicaof', replicaOf && `${replicaOf.host} ${replicaOf.port}`],
    ['tls-replication', tls === undefined && replicaOf?.tls === undefined ? undefined : 'yes'],
    ...(Array.isArray(args) ? [] : Object.entries(args as Record<string, string | number>)),
  ]
  return settings
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${value === '' ? '""' : value}`]))
    .concat(lines, '')
    .join('\n')
}

function plainSettings(port: number): Setting[] {
  return [['port', port]]
}

function tlsSettings(port: number, dir: string): Setting[] {
  return [
    ['port', 0],
    ['tls-port', port],
    ['tls-ca-cert-file', quote(`${dir}/ca.pem`)],
    ['tls-cert-file', quote(`${dir}/cert.pem`)],
    ['tls-key-file', quote(`${dir}/key.pem`)],
    // Clients need no certificate of their own; `args: { 'tls-auth-clients': 'yes' }` asks for one.
    ['tls-auth-clients', 'no'],
  ]
}

function isOurs(source: ReplicationSource, control: Credentials): boolean {
  return 'control' in source && source.control === control
}

function quote(text: string): string {
  return JSON.stringify(text)
}
