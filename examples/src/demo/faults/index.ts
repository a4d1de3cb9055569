import { allDown } from './all-down.ts'
import { changedPassword } from './changed-password.ts'
import { crash } from './crash.ts'
import { drain } from './drain.ts'
import type { Fault } from './fault.ts'
import { hang } from './hang.ts'

/** In the order in which they are done. */
export const faults: readonly Fault[] = [crash, hang, drain, changedPassword, allDown]
