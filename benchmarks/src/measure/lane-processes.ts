import { ChildProcesses } from './child-processes.ts'
import type { Lane, LaneResult } from './lane.ts'

/**
 * Processes that measure one lane at a time each. Lanes side by side would otherwise stall one another: making a client
 * alone can take 30 ms.
 */
export class LaneProcesses extends ChildProcesses<Lane, LaneResult> {
  /** `program` answers each lane with its result; by default it knows the figures. */
  constructor(program: URL = new URL('./lane-process.ts', import.meta.url)) {
    super({ program, onExit: (how) => ({ samples: [], repeated: 0, errors: [how] }) })
  }
}
