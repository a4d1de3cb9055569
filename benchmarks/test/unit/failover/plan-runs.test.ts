import { describe, expect, it } from 'vitest'
import type { Benchmark } from '../../../src/bench/benchmark.ts'
import { choiceProblems } from '../../../src/bench/choices.ts'
import { benchmarks } from '../../../src/bench/index.ts'
import { contenderNames } from '../../../src/failover/contender.ts'
import { faultNames } from '../../../src/failover/failover-faults.ts'
import { haproxyConfig } from '../../../src/failover/haproxy-config.ts'
import { forecastSeconds, planRuns } from '../../../src/failover/plan-runs.ts'

const plan = {
  clients: ['node-redis', 'ioredis'],
  contenders: contenderNames,
  faults: faultNames,
  rounds: 3,
  outageMs: 12_000,
} as const

describe('the plan of the runs', () => {
  const requests = planRuns(plan)

  it('does every fault to everybody as often as there are rounds', () => {
    const keys = requests.map(({ client, contender, fault }) => [client, contender, fault].join())
    expect(requests).toHaveLength(2 * contenderNames.length * faultNames.length * 3)
    expect(new Set(keys).size).toBe(requests.length / 3)
  })

  it('begins each round with another contender, and at another moment of the checks', () => {
    const size = requests.length / 3
    const firsts = [0, 1, 2].map((round) => requests[round * size]!)
    expect(new Set(firsts.map(({ contender }) => contender)).size).toBe(3)
    expect(firsts.map(({ share }) => share)).toEqual([0, 1 / 3, 2 / 3])
  })

  it('takes less than fifteen minutes, as the list of benchmarks says', () => {
    const listed = benchmarks.find(({ name }) => name === 'failover')!.minutes
    expect(Math.ceil(forecastSeconds(requests) / 60)).toBe(listed)
    expect(listed).toBeLessThanOrEqual(15)
  })
})

describe('the configuration of HAProxy', () => {
  const servers = [
    { id: 'east', host: '127.0.0.1', port: 1 },
    { id: 'west', host: '127.0.0.1', port: 2 },
  ]

  it('has the second server as a backup, and the limits of the package', () => {
    const text = haproxyConfig({ port: 3, servers })
    expect(text).toContain('server east 127.0.0.1:1 check\n')
    expect(text).toContain('server west 127.0.0.1:2 check backup\n')
    expect(text).toContain('timeout connect 5000\n')
    expect(text).not.toContain('inter ')
  })

  it('has the figures of a preset where it is tuned', () => {
    const checks = { interval: 1000, timeout: 500, fall: 3, rise: 2, reprobe: 200, connectTimeout: 1250 }
    const text = haproxyConfig({ port: 3, servers, checks })
    expect(text).toContain('default-server inter 1000 fastinter 200 fall 3 rise 2 on-marked-down shutdown-sessions')
    expect(text).toContain('timeout check 500\n')
    expect(text).toContain('timeout connect 1250\n')
  })
})

describe('choices on the command line', () => {
  const choosing = { name: 'failover', choices: { fault: ['crash'], contender: ['alone'] } } as unknown as Benchmark
  const plain = { name: 'pool' } as Benchmark

  it.each([
    [[choosing], { fault: ['crash'], contender: ['alone'], rounds: '2' }, []],
    [[choosing], { fault: ['flood'] }, ['There is no fault "flood"; there are crash.']],
    [[choosing, plain], { fault: ['crash'] }, ['--fault: not for pool.']],
    [[choosing], { rounds: '0' }, ['--rounds wants a whole number from 1 on.']],
    [[choosing], { rounds: '2', write: true }, ['--write wants a whole run, without --rounds.']],
    [[plain], { short: true, write: true }, ['--write wants a whole run, not --short.']],
  ])('%#', (wanted, choices, problems) => {
    expect(choiceProblems(wanted, choices)).toEqual(problems)
  })
})
