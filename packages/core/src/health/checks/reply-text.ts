/** A reply as text, whether the client gives strings or buffers; `undefined` for anything else, null included. */
export const replyText = (reply: unknown): string | undefined => {
  if (typeof reply === 'string') return reply
  if (typeof reply === 'number') return String(reply)
  return reply instanceof Uint8Array ? Buffer.from(reply).toString('utf8') : undefined
}
