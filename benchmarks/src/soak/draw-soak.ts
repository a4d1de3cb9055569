import type { Plot } from '../report/plot.ts'
import type { SoakResult } from './run-soak.ts'
import { SERIES, type SeriesName } from './sample.ts'

const PANEL = 190

/** A panel for each series, one below the other. */
export const drawSoak = (title: string, name: string, { samples, levels }: SoakResult): Plot => {
  const names = Object.keys(SERIES) as SeriesName[]
  return {
    name,
    caption: `${title}: ${names.map((each) => `${SERIES[each].label} ${levels[each].why}`).join('; ')}`,
    height: 60 + names.length * PANEL,
    option: {
      title: [
        { text: title, left: 'center' },
        ...names.map((each, index) => ({
          text: `${SERIES[each].label}: ${levels[each].why}`,
          textStyle: { fontSize: 12 },
          left: 60,
          top: 40 + index * PANEL,
        })),
      ],
      grid: names.map((_unused, index) => ({ left: 60, right: 30, top: 65 + index * PANEL, height: PANEL - 70 })),
      xAxis: names.map((_unused, index) => ({ type: 'value', gridIndex: index, name: 's', min: 0 })),
      yAxis: names.map((_unused, index) => ({ type: 'value', gridIndex: index, scale: true })),
      series: names.map((each, index) => ({
        type: 'line',
        xAxisIndex: index,
        yAxisIndex: index,
        showSymbol: false,
        data: samples[each].map(({ at, value }) => [at, value]),
      })),
    },
  }
}
