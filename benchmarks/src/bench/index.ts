import type { Benchmark } from './benchmark.ts'
import { events } from './events.ts'
import { failover } from './failover.ts'
import { idle } from './idle.ts'
import { memory } from './memory.ts'
import { overhead } from './overhead.ts'
import { pool } from './pool.ts'
import { selection } from './selection.ts'
import { size } from './size.ts'

/** All benchmarks, in the order in which they are listed. */
export const benchmarks: readonly Benchmark[] = [overhead, failover, selection, idle, events, pool, memory, size]
