import type { MeasureOutcome } from '../measure/outcome.ts'
import type { Rule } from '../measure/verdict.ts'

const digits = (value: number, count: number): string => (Number.isFinite(value) ? value.toFixed(count) : 'never')

const formatters: Readonly<Record<Rule, (value: number) => string>> = {
  time: (value) => (Number.isFinite(value) ? `${value.toFixed(value < 100 ? 1 : 0)} ms` : 'never'),
  count: (value) => digits(value, Number.isInteger(value) ? 0 : 1),
  ratio: (value) => digits(value, 3),
  information: (value) => digits(value, Number.isInteger(value) ? 0 : value < 10 ? 3 : 1),
}

export const formatValue = ({ rule }: Pick<MeasureOutcome, 'rule'>, value: number): string => formatters[rule](value)

/** `1.8 / 2.4 ms`: the median and the worst run. */
export function formatMeasured(measure: MeasureOutcome): string {
  const middle = formatValue(measure, measure.median)
  const worst = formatValue(measure, measure.worst)
  return middle === worst ? middle : `${worst.endsWith(' ms') ? middle.replace(/ ms$/, '') : middle} / ${worst}`
}

export function formatBound({ rule, bound }: Pick<MeasureOutcome, 'rule' | 'bound'>): string {
  if (rule === 'information') return ''
  return `${rule === 'ratio' ? '>=' : '<='} ${formatters[rule](bound).replace(/\.0+( ms)?$/, '$1')}`
}
