import type { EChartsCoreOption } from 'echarts/core'

/** A drawing, as a file of its own. */
export interface Plot {
  /** The file's name without its ending. */
  readonly name: string
  /** What it shows, for those who cannot see it. */
  readonly caption: string
  readonly option: EChartsCoreOption
  /** Pixels. Default 460. */
  readonly height?: number
}

export interface BarSeries {
  readonly name: string
  /** One for each category; `undefined` leaves a gap. */
  readonly values: readonly (number | undefined)[]
}

export interface BarsOptions {
  readonly name: string
  readonly title: string
  /** Under the title: the machine, for instance. */
  readonly subtitle?: string
  /** What the numbers are. */
  readonly unit: string
  readonly categories: readonly string[]
  readonly series: readonly BarSeries[]
  /** A line across: what is to be reached or not to be exceeded. */
  readonly target?: { readonly value: number; readonly label: string }
  /** Where values differ by more than a factor of ten or so. */
  readonly logarithmic?: boolean
  readonly digits?: number
}

/** Groups of upright bars, a group for each category. */
export function bars(options: BarsOptions): Plot {
  const { name, title, subtitle, unit, categories, series, target, logarithmic = false, digits = 2 } = options
  const markLine = target && {
    symbol: 'none',
    lineStyle: { color: '#c23531', type: 'dashed' },
    label: { formatter: target.label, position: 'insideEndTop', color: '#c23531' },
    data: [{ yAxis: target.value }],
  }
  const highest = Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0)))
  // Otherwise the line would be outside.
  const top = target !== undefined && highest < target.value ? { max: target.value * 1.1 } : {}
  const labelled = series.length * categories.length <= 48
  return {
    name,
    caption: `${title} (${unit})`,
    option: {
      title: { text: title, subtext: subtitle, left: 'center' },
      legend: { bottom: 0 },
      grid: { left: 70, right: 30, top: 80, bottom: 80 },
      xAxis: { type: 'category', data: [...categories], axisLabel: { interval: 0, hideOverlap: false } },
      yAxis: { type: logarithmic ? 'log' : 'value', name: unit, ...top },
      series: series.map((one, index) => ({
        type: 'bar',
        name: one.name,
        data: one.values.map((value) => value ?? '-'),
        label: {
          show: labelled,
          position: 'top',
          fontSize: 9,
          formatter: ({ value }: { value: unknown }) =>
            typeof value === 'number' ? String(Number(value.toFixed(digits))) : '',
        },
        ...(index === 0 && markLine ? { markLine } : {}),
      })),
    },
  }
}
