import Table from 'cli-table3'
import pc from 'picocolors'
import { faults } from '../faults/index.ts'
import type { DemoResult } from '../result.ts'
import { type Measure, type MeasureName, measureOf, type Verdict } from '../verdict/verdict.ts'
import { borderStyle, duration } from './format.ts'

const columns: readonly (readonly [MeasureName, string])[] = [
  ['detected', 'detected\nafter'],
  ['switched', 'switched\nafter'],
  ['readsFailed', 'reads\nfailed'],
  ['writesAmbiguous', 'writes\nambiguous'],
  ['writesExecutedTwice', 'writes exe-\ncuted twice'],
  ['back', 'east back\nafter'],
]

const notes = [
  'Below each figure: its bound. On a busy machine a time may exceed it by 150 ms or a quarter.',
  'Ambiguous: sent, but lost before the reply; the caller is told so, and it is not repeated.',
  'Switched: from the fault; with the password from the loss of a connection; with all down',
  'from the first server that answered again. East back: from the end of the fault.',
]

/** The table at the end, and whatever else is to be said. */
export const resultText = (result: DemoResult): string => {
  const table = new Table({
    head: ['fault', ...columns.map(([, head]) => head)],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: borderStyle },
    wordWrap: true,
    colWidths: [19],
  })
  for (const { name, title } of faults) {
    const verdict = result.verdicts.find(({ fault }) => fault === name)
    const cells = columns.map(([measure]) => (verdict === undefined ? '-' : cell(verdict, measure)))
    table.push([verdict?.ok === true ? `${pc.green('✔')} ${title}` : `${pc.red('✘')} ${title}`, ...cells])
  }
  const problems = problemsOf(result)
  const end =
    problems.length === 0
      ? pc.green(`Every bound was kept: ${result.reads} reads, ${result.writes} writes, ${duration(result.elapsedMs)}.`)
      : problems.map((problem) => pc.red(problem)).join('\n')
  return ['', table.toString(), ...notes.map((note) => pc.dim(note)), '', end].join('\n')
}

const cell = (verdict: Verdict, name: MeasureName): string => {
  const measure = measureOf(verdict, name)
  if (measure === undefined) return '-'
  const bound = measure.unit === 'ms' ? duration(measure.bound) : String(measure.bound)
  return `${measure.ok ? valueText(measure) : pc.red(valueText(measure))}\n${pc.dim(`≤ ${bound}`)}`
}

const valueText = ({ value, unit }: Measure): string =>
  value === undefined ? 'never' : unit === 'ms' ? duration(value) : String(value)

const phrases: Readonly<Record<MeasureName, string>> = {
  detected: 'was detected after',
  switched: 'was left after',
  back: 'was followed by the return to east after',
  readsFailed: 'reads failed:',
  writesAmbiguous: 'writes ambiguous:',
  writesFailed: 'writes failed that were not ambiguous:',
  writesExecutedTwice: 'writes executed twice:',
  failedBeforeLoss: 'commands failed although their connections lived:',
  unsettled: 'commands never settled:',
}

/** What was missed, in words. */
const problemsOf = ({ verdicts, missing, lostWrites, deniedWrites, stalledMs }: DemoResult): string[] => {
  const missed = verdicts.flatMap(({ fault, measures }) =>
    measures
      .filter(({ ok }) => !ok)
      .map((measure) => {
        const bound = measure.unit === 'ms' ? duration(measure.bound) : String(measure.bound)
        return `${fault}: ${phrases[measure.name]} ${valueText(measure)}; the bound is ${bound}.`
      }),
  )
  if (missing.length > 0) missed.push(`Out of time; not done to the end: ${missing.join(', ')}.`)
  if (lostWrites > 0) missed.push(`${lostWrites} writes got a reply, but no server has them.`)
  if (deniedWrites > 0) missed.push(`${deniedWrites} writes were executed although the caller was told they were not.`)
  if (missed.length > 0 && stalledMs > 0)
    missed.push(
      `This process itself stood still for ${duration(stalledMs)}; the machine may be too busy for the figures.`,
    )
  return missed
}
