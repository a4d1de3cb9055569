import type { Redis } from 'ioredis'
import type { PipelineStream } from './internals.ts'

/** Text is put together up to this many characters before it becomes one chunk; far below the longest string possible. */
const MAX_TEXT = 16 * 1024 * 1024

/** Collects what the commands of a pipeline write, so that they leave in one piece. */
export class PipelineWriter implements PipelineStream {
  readonly isPipeline = true
  readonly destination: { redis: Redis }
  #text = ''
  readonly #chunks: Buffer[] = []

  constructor(client: Redis) {
    this.destination = { redis: client }
  }

  write(chunk: string | Buffer): void {
    if (typeof chunk === 'string') {
      this.#text += chunk
      if (this.#text.length > MAX_TEXT) this.#endText()
    } else {
      this.#endText()
      this.#chunks.push(chunk)
    }
  }

  /** Writes everything to the connection. */
  flush(): void {
    const { stream } = this.destination.redis
    if (this.#chunks.length === 0) {
      if (this.#text !== '') stream.write(this.#text)
      return
    }
    this.#endText()
    stream.write(Buffer.concat(this.#chunks))
  }

  #endText(): void {
    if (this.#text !== '') this.#chunks.push(Buffer.from(this.#text))
    this.#text = ''
  }
}
