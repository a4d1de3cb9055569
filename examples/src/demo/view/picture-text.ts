import type { EndpointSnapshot } from '@redis-endpoint-failover/core'
import Table from 'cli-table3'
import pc from 'picocolors'
import { borderStyle, duration } from './format.ts'
import type { Picture, Step } from './view.ts'

/** The picture as text for a terminal. */
export const pictureText = (picture: Picture): string => {
  const { title, elapsedMs, steps, group, rates } = picture
  const failed = rates.failed === 0 ? pc.green('0 failed') : pc.red(`${rates.failed} failed`)
  return [
    `${pc.bold(title)}  ${pc.dim(`${(elapsedMs / 1000).toFixed(1)} s`)}`,
    steps.map(stepText).join('  '),
    endpointTable(picture),
    `${pc.bold(String(rates.readsPerSecond))} reads/s  ${pc.bold(String(rates.writesPerSecond))} writes/s  ${failed}  ${rates.ambiguous} ambiguous  ${
      group.waiting === 0 ? pc.dim('none waiting') : pc.yellow(`${group.waiting} waiting`)
    }`,
  ].join('\n')
}

const stepText = ({ fault, state }: Step): string => {
  if (state === 'done') return pc.green(`✔ ${fault}`)
  return state === 'running' ? pc.bold(pc.cyan(`▶ ${fault}`)) : pc.dim(`· ${fault}`)
}

const endpointTable = ({ group, pids }: Picture): string => {
  const table = new Table({
    head: ['', 'endpoint', 'weight', 'state', 'round trip', 'latency', 'in flight', 'process'],
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'right'],
    colWidths: [3, 10, 8, 12, 12, 11, 11, 13],
    style: { head: [], border: borderStyle, compact: true },
  })
  for (const endpoint of group.endpoints) {
    const pid = pids[endpoint.id]
    table.push([
      endpoint.active ? pc.cyan('▶') : '',
      endpoint.active ? pc.bold(endpoint.id) : endpoint.id,
      String(endpoint.weight),
      stateText(endpoint),
      latencyText(endpoint.roundTripMs),
      latencyText(endpoint.commandLatencyMs),
      String(endpoint.inFlight),
      pid === undefined ? pc.red('dead') : String(pid),
    ])
  }
  return table.toString()
}

const latencyText = (ms: number | undefined): string =>
  ms === undefined ? '-' : ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms)

const stateText = ({ state, acceptsConnections }: EndpointSnapshot): string => {
  if (state === 'down') return pc.red('● down')
  if (state === 'up') return acceptsConnections ? pc.green('● up') : pc.yellow('● closed')
  return pc.yellow(`● ${state}`)
}
