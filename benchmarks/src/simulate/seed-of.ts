/** A number where it is one: `--seed 7` is the seed that the number 7 is. */
export const seedOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text)
