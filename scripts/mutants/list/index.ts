import type { Mutant } from '../mutant.ts'
import { commandMutants } from './commands.ts'
import { failoverMutants } from './failover.ts'
import { healthMutants } from './health.ts'
import { timeMutants } from './time.ts'

export const mutants: readonly Mutant[] = [...timeMutants, ...healthMutants, ...failoverMutants, ...commandMutants]
