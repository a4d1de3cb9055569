const LONGEST_SHOWN = 200

/**
 * What a configuration error may repeat of a value: not an object, whose fields may be credentials, and not a text that looks
 * like a URL or an address with credentials in it.
 */
export const isShown = (value: unknown): value is string | number | boolean | null | undefined => {
  if (typeof value === 'string') return value.length <= LONGEST_SHOWN && !/@|:\/\//.test(value)
  return value === null || ['undefined', 'number', 'boolean'].includes(typeof value)
}

/** Words for a value that is not shown: a text where none belongs may be a password in the wrong place. */
export class WithheldValue {
  readonly words: string

  constructor(words: string) {
    this.words = words
  }
}

/** The value, but for texts: nobody knows what one was meant for where none belongs. */
export const withoutText = (value: unknown): unknown =>
  typeof value === 'string' ? new WithheldValue('a text') : value

/** A value in words. */
export const describeValue = (value: unknown): string => {
  if (value instanceof WithheldValue) return value.words
  if (isShown(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value)
  if (typeof value === 'string') return `a text of ${value.length} characters`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
