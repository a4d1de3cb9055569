/** A reply as RESP2 has it. Errors inside of arrays are values; an error at the top rejects. */
export type Reply = string | number | null | ReplyError | Reply[]

/** An error reply of the server; the message is the server's, beginning with its code (`NOAUTH`, `READONLY`, ...). */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

export function encodeCommand(args: readonly (string | number)[]): string {
  const parts = args.map((arg) => `$${Buffer.byteLength(String(arg))}\r\n${arg}\r\n`)
  return `*${args.length}\r\n${parts.join('')}`
}

export interface Decoded {
  reply: Reply
  /** Where the next reply begins. */
  end: number
}

/** The reply that starts at `start`, or undefined as long as it is incomplete. Throws on what is not RESP2. */
export function decodeReply(data: Buffer, start = 0): Decoded | undefined {
  const lineEnd = data.indexOf('\r\n', start)
  if (lineEnd === -1) return undefined
  const line = data.toString('utf8', start + 1, lineEnd)
  const end = lineEnd + 2
  switch (String.fromCharCode(data[start] ?? 0)) {
    case '+':
      return { reply: line, end }
    case '-':
      return { reply: new ReplyError(line), end }
    case ':':
      return { reply: Number(line), end }
    case '$':
      return decodeBulk(data, Number(line), end)
    case '*':
      return decodeArray(data, Number(line), end)
    default:
      throw new Error(`Not a Redis reply: ${JSON.stringify(data.toString('latin1', start, start + 40))}`)
  }
}

function decodeBulk(data: Buffer, length: number, start: number): Decoded | undefined {
  if (length === -1) return { reply: null, end: start }
  const end = start + length + 2
  return data.length < end ? undefined : { reply: data.toString('utf8', start, start + length), end }
}

function decodeArray(data: Buffer, length: number, start: number): Decoded | undefined {
  if (length === -1) return { reply: null, end: start }
  const replies: Reply[] = []
  let end = start
  for (let i = 0; i < length; i++) {
    const item = decodeReply(data, end)
    if (item === undefined) return undefined
    replies.push(item.reply)
    end = item.end
  }
  return { reply: replies, end }
}
