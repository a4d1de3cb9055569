import { createLogUpdate } from 'log-update'
import { clockText } from './format.ts'
import { pictureText } from './picture-text.ts'
import type { Picture, View } from './view.ts'

const FRAME_MS = 100
const MOST_LINES = 12
/** What the picture takes without the lines below it. */
const PICTURE_HEIGHT = 19

/** A picture that is drawn again and again in the same place of a terminal, with the latest lines below. */
export function makeLiveView(out: NodeJS.WriteStream): View {
  const startedAt = performance.now()
  const log = createLogUpdate(out)
  const lines: string[] = []
  let look: (() => Picture) | undefined
  let frames: NodeJS.Timeout | undefined

  const draw = (): void => {
    const room = Math.max(3, Math.min(MOST_LINES, (out.rows ?? 40) - PICTURE_HEIGHT))
    const latest = lines.slice(-room)
    const width = (out.columns ?? 80) - 1
    const shown = latest.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
    log([...(look === undefined ? [] : [pictureText(look()), '']), ...shown].join('\n'))
  }

  return {
    line: (text) => {
      lines.push(`${clockText(performance.now() - startedAt)}  ${text}`)
      draw()
    },
    watch: (newLook) => {
      look = newLook
      frames ??= setInterval(draw, FRAME_MS)
      draw()
    },
    print: (text) => log.persist(text),
    close: () => {
      clearInterval(frames)
      draw()
      log.done()
    },
  }
}
