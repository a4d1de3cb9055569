import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { bundle } from '../../child/bundle.ts'
import { addressOf } from '../../scenario/server-pair.ts'
import { atMost, defineRow, nothing } from '../fault-row.ts'

const most = 64
const holdMs = 6000

interface Report {
  readonly switches: number
  readonly downs: number
  readonly suspected: number
  readonly observerSuspect: number
  readonly failedReads: number
  readonly reads: number
  readonly taken: number
  readonly openedAfter: number
}

export const noFileDescriptors = defineRow({
  row: 45,
  title: 'No file descriptors left',
  inject: `a client process that may have ${most} open files takes them all for ${holdMs / 1000} s, while new connections are probed twice a second, under 50 reads a second`,
  expected: 'observer-suspect, and no word against the endpoints; new connections afterwards',
  measures: {
    switches: atMost(0, 'switches'),
    downs: atMost(0, 'endpoints called DOWN'),
    suspected: atMost(0, 'endpoints called suspect'),
    failedReads: atMost(0, 'reads failed'),
    events: atMost(60, 'observer-suspect events'),
  },
  seconds: 11,
  needs: ['linux', 'program sh'],
  async run(run) {
    const { east, west } = await run.pair()
    const program = await bundle('no-more-files')
    run.undo(() => rm(program, { force: true }))
    const request = {
      client: run.client.name,
      addresses: [addressOf('east', east), addressOf('west', west)],
      holdMs,
      readsEveryMs: 20,
    }
    const script = `ulimit -n ${most} && exec "$0" "$1" "$2"`
    const { stdout } = await promisify(execFile)(
      'sh',
      ['-c', script, process.execPath, program, JSON.stringify(request)],
      { timeout: 60_000 },
    )
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Report
    run.expect(report.taken > 5, `Only ${report.taken} descriptors were left to take.`)
    run.expect(report.observerSuspect > 0, 'Nothing was said: no observer-suspect.')
    run.expect(report.openedAfter > 0, 'No connection was opened when there were descriptors again.')
    run.expect(report.reads > 100, `Only ${report.reads} reads were made.`)
    const { switches, downs, suspected, failedReads, observerSuspect } = report
    return { window: nothing, values: { switches, downs, suspected, failedReads, events: observerSuspect } }
  },
})
