import type { HealthSettings } from '@redis-endpoint-failover/core'

export interface HaproxyServer {
  readonly id: string
  readonly host: string
  readonly port: number
}

/** How HAProxy checks its servers. `undefined` of all: as HAProxy and Debian's package have it. */
export type HaproxyChecks = Pick<
  HealthSettings,
  'interval' | 'reprobe' | 'timeout' | 'fall' | 'rise' | 'connectTimeout'
>

export interface HaproxyInput {
  readonly port: number
  /** The first is used while it is up; the others are its backups, in their order. */
  readonly servers: readonly HaproxyServer[]
  readonly checks?: HaproxyChecks | undefined
}

/** The time limits of the configuration that Debian's package installs. */
const packaged = ['timeout connect 5000', 'timeout client 50000', 'timeout server 50000']

/**
 * With the same figures as a preset of ours, and with what the manual offers for a quick failover: connections to a server
 * that is down are closed, a failed connect goes to the other server, and counts as an observation at once.
 */
const tuned = ({ interval, reprobe, timeout, fall, rise, connectTimeout }: HaproxyChecks): string[] => [
  `timeout connect ${connectTimeout}`,
  `timeout check ${timeout}`,
  'timeout client 50000',
  'timeout server 50000',
  'option redispatch 1',
  `default-server inter ${interval} fastinter ${reprobe} fall ${fall} rise ${rise} on-marked-down shutdown-sessions observe layer4 error-limit 1 on-error mark-down`,
]

/** The text of haproxy.cfg: Redis behind one port. */
export function haproxyConfig({ port, servers, checks }: HaproxyInput): string {
  return [
    'global',
    '  maxconn 1000',
    'defaults',
    '  mode tcp',
    ...(checks === undefined ? packaged : tuned(checks)).map((line) => `  ${line}`),
    'listen redis',
    `  bind 127.0.0.1:${port}`,
    '  option redis-check',
    ...servers.map(
      ({ id, host, port }, index) => `  server ${id} ${host}:${port} check${index === 0 ? '' : ' backup'}`,
    ),
    '',
  ].join('\n')
}
