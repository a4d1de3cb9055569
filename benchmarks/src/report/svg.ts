import { BarChart, LineChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Plot } from './plot.ts'

use([
  BarChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
])

const width = 960

/** Draws a plot as the text of an SVG file. Needs no browser. */
export function svgOf({ option, height = 460 }: Plot): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    // Readable on a dark page as well.
    chart.setOption({ backgroundColor: '#ffffff', animation: false, ...option })
    return `${chart.renderToSVGString()}\n`
  } finally {
    chart.dispose()
  }
}
