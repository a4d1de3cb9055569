import type { ClientName } from '../client/benchmark-client.ts'
import type { Figure, Mode } from '../figures/figure.ts'
import type { Lane } from './lane.ts'

/** Figures whose runs spend their time waiting share the machine, this many at a time. */
export const slots = 4

export interface Plan {
  readonly mode: Mode
  readonly figures: readonly Figure[]
  readonly clients: readonly ClientName[]
  /** Side by side. */
  readonly together: readonly Lane[]
  /** Afterwards, one by one. */
  readonly alone: readonly Lane[]
}

export function planOf(figures: readonly Figure[], clients: readonly ClientName[], mode: Mode): Plan {
  const lanesOf = (figure: Figure, most: number): Lane[] =>
    clients.flatMap((client) =>
      split(figure.runs[mode], most).map((part) => ({
        figure: figure.name,
        client,
        mode,
        ofRuns: figure.runs[mode],
        ...part,
      })),
    )
  const isAlone = (figure: Figure): boolean => figure.alone.includes(mode)
  const together = figures.filter((figure) => !isAlone(figure)).flatMap((figure) => lanesOf(figure, slots))
  const secondsOf = secondsIn(figures)
  return {
    mode,
    figures,
    clients,
    // The longest first, so that none of them is alone at the end.
    together: together.sort((a, b) => secondsOf(b) - secondsOf(a)),
    alone: figures.filter(isAlone).flatMap((figure) => lanesOf(figure, 1)),
  }
}

/** How long it will take, servers' start-up included. */
export function forecastSeconds({ together, alone, figures }: Plan): number {
  const secondsOf = secondsIn(figures)
  const sum = (lanes: readonly Lane[]): number => lanes.reduce((total, lane) => total + secondsOf(lane), 0)
  return Math.max(0, ...together.map(secondsOf), sum(together) / slots) + sum(alone)
}

const startUpSeconds = 0.5

const secondsIn =
  (figures: readonly Figure[]) =>
  ({ figure, runs }: Lane): number =>
    startUpSeconds + runs * (figures.find(({ name }) => name === figure)?.secondsPerRun ?? 0)

/** Shares out `runs` among at most `lanes`, as evenly as they go. */
function split(runs: number, lanes: number): { firstRun: number; runs: number }[] {
  const count = Math.min(runs, lanes)
  return Array.from({ length: count }, (_, lane) => {
    const firstRun = Math.floor((runs * lane) / count)
    return { firstRun, runs: Math.floor((runs * (lane + 1)) / count) - firstRun }
  })
}
