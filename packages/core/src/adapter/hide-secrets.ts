const ARGUMENTS = /(, with args beginning with: ).*$/is
const HIDDEN = '(hidden)'

/**
 * For adapters: takes out of an error what a server repeats of a handshake that it did not understand. Servers before
 * Redis 6 answer HELLO with its arguments, password included; something that is no Redis may answer with anything.
 * Changes the error itself, so that its class stays what it is; `secrets` are the texts that must not be in it.
 */
export const hideSecrets = <T>(error: T, secrets: readonly (string | null | undefined)[]): T => {
  if (!(error instanceof Error)) return error
  const clean = (text: string): string => {
    let cleaned = text
    // A short one might be part of any word; its quotation is covered by the arguments as a whole.
    for (const secret of secrets)
      if (typeof secret === 'string' && secret.length >= 3) cleaned = cleaned.replaceAll(secret, HIDDEN)
    return cleaned
  }
  const before = error.message
  const message = clean(before.replace(ARGUMENTS, `$1${HIDDEN}`))
  if (message === before) return error
  const stack = error.stack
  error.message = message
  if (stack !== undefined) error.stack = clean(stack.replace(before, () => message))
  return error
}
