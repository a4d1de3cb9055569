/** What was thrown, as text. Anything can be thrown: also what has no text, or throws when it is asked for it. */
export const textOf = (thrown: unknown): string => {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'a value without a text'
  }
}
