// `pnpm demo`: three real Redis servers, a steady load, and everything that can go wrong, one after another.
import { type DemoOptions, helpText, readOptions } from './options.ts'
import { runDemo } from './run-demo.ts'
import { makeLiveView } from './view/live-view.ts'
import { makePlainView } from './view/plain-view.ts'
import { resultText } from './view/result-text.ts'

const MISSED_BOUND = 1
const WRONG_USAGE = 2
const INTERRUPTED = 130
const SAME_INTERRUPT_MS = 300

const options = optionsOrComplaint()
if (options?.help === true) process.stdout.write(helpText)
else if (options !== undefined) process.exitCode = await demonstrate(options)

async function demonstrate(options: DemoOptions): Promise<number> {
  const interruption = new AbortController()
  let interruptedAt = Infinity
  const interrupt = (): void => {
    // One Ctrl-C arrives more than once: from the terminal, and from the programs between it and us.
    if (performance.now() > interruptedAt + SAME_INTERRUPT_MS) process.exit(INTERRUPTED)
    if (interruption.signal.aborted) return
    interruptedAt = performance.now()
    interruption.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, interrupt)
  const view = isLive(options)
    ? makeLiveView(process.stdout)
    : makePlainView(options.json ? process.stderr : process.stdout)
  let exitCode = INTERRUPTED
  try {
    await runDemo(options, view, interruption.signal, (result) => {
      exitCode = result.ok ? 0 : MISSED_BOUND
      view.print(resultText(result))
      if (options.json) process.stdout.write(`${JSON.stringify(result, (_key, value) => value ?? null, 2)}\n`)
    })
  } catch (error) {
    if (!interruption.signal.aborted) throw error
    view.line('interrupted')
  } finally {
    view.close()
    for (const name of signals) process.off(name, interrupt)
  }
  return exitCode
}

function isLive({ json }: DemoOptions): boolean {
  return process.stdout.isTTY && !json && process.env.CI === undefined && process.env.TERM !== 'dumb'
}

function optionsOrComplaint(): DemoOptions | undefined {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${helpText}`)
    process.exitCode = WRONG_USAGE
    return undefined
  }
}
