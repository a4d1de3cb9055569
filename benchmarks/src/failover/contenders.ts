import { presets } from '@redis-endpoint-failover/core'
import type { Contender, ContenderName } from './contender.ts'
import { openAlone, openHaproxy, openOurs, openSentinel } from './open-arena.ts'

const ours = (preset: 'default' | 'fast'): Contender => ({
  name: preset,
  label: `ours, ${preset}`,
  what: `the transparent client with two independent servers, preset \`${preset}\``,
  startSeconds: 1,
  open: (client, stalls) => openOurs(client, preset, stalls),
})

const sentinel = (downAfter: 5000 | 1000): Contender => ({
  name: `sentinel-${downAfter}`,
  label: `Sentinel, ${downAfter / 1000} s`,
  what: `the client itself with a primary, its replica and three Sentinels, \`down-after-milliseconds ${downAfter}\``,
  startSeconds: 4,
  open: (client) => openSentinel(client, downAfter),
})

const tunedHaproxy = (preset: 'default' | 'fast'): Contender => ({
  name: `haproxy-${preset}`,
  label: `HAProxy, as ${preset}`,
  what: `the same, with interval, timeouts, fall and rise of the preset \`${preset}\`, \`on-marked-down shutdown-sessions\`, \`option redispatch\` and \`observe layer4\``,
  startSeconds: 1,
  open: (client) => openHaproxy(client, presets[preset].health),
})

export const contenders: Readonly<Record<ContenderName, Contender>> = {
  default: ours('default'),
  fast: ours('fast'),
  alone: {
    name: 'alone',
    label: 'alone',
    what: 'the client itself with one server, as it comes',
    startSeconds: 1,
    open: openAlone,
  },
  'sentinel-5000': sentinel(5000),
  'sentinel-1000': sentinel(1000),
  haproxy: {
    name: 'haproxy',
    label: 'HAProxy',
    what: "the client itself with HAProxy in front of two independent servers, one of them as `backup`; `option redis-check`, the rest as HAProxy and Debian's package have it",
    startSeconds: 1,
    open: (client) => openHaproxy(client, undefined),
  },
  'haproxy-default': tunedHaproxy('default'),
  'haproxy-fast': tunedHaproxy('fast'),
}
