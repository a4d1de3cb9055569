import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Address, ClientName } from '../client/benchmark-client.ts'

export interface ThroughputRequest {
  readonly name: ClientName
  readonly addresses: readonly [Address, Address]
  readonly key: string
  readonly inFlight: readonly number[]
  readonly sliceMs: number
  readonly rounds: number
}

export interface ThroughputResult {
  readonly inFlight: number
  /** Median over the rounds. */
  readonly ratio: number
  /** The bare client beside itself. */
  readonly controlRatio: number
}

/** Runs the bundled comparison in a process of its own, so that nothing else shares its event loop. */
export async function runThroughput(program: string, request: ThroughputRequest): Promise<ThroughputResult[]> {
  const args = [program, JSON.stringify(request)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 300_000 })
  return JSON.parse(stdout) as ThroughputResult[]
}

/** The value that is read: 32 bytes. */
export const throughputValue = 'x'.repeat(32)
export const throughputKey = 'throughput'
export const depths = [1, 50, 500] as const
