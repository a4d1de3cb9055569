import { allDown } from './all-down.ts'
import { blackhole } from './blackhole.ts'
import { blockedLoops } from './blocked-loop.ts'
import { clientKill } from './client-kill.ts'
import { close } from './close.ts'
import { crash } from './crash.ts'
import type { Figure, Mode } from './figure.ts'
import { hangs } from './hang.ts'
import { shortHang } from './short-hang.ts'
import { start } from './start.ts'
import { throughput } from './throughput.ts'

/** All figures, in the order in which they are shown. */
export const figuresOf = (mode: Mode): readonly Figure[] => [
  crash,
  ...hangs,
  shortHang,
  clientKill,
  ...blockedLoops,
  blackhole,
  start,
  allDown,
  close,
  throughput(mode),
]
