import { clockText } from './format.ts'
import type { View } from './view.ts'

/** Lines with the seconds since the start, for logs and for other programs. */
export function makePlainView(out: NodeJS.WritableStream): View {
  const startedAt = performance.now()
  return {
    line: (text) => {
      out.write(`${clockText(performance.now() - startedAt)}  ${text}\n`)
    },
    watch: () => undefined,
    print: (text) => {
      out.write(`${text}\n`)
    },
    close: () => undefined,
  }
}
