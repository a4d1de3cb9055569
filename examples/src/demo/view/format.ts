import pc from 'picocolors'

/** Milliseconds as a person reads them: `3 ms`, `1.24 s`. */
export const duration = (ms: number): string =>
  ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`

/** Seconds since the start, for the beginning of a line. */
export const clockText = (ms: number): string => `${(ms / 1000).toFixed(2).padStart(6)} s`

/** Borders of tables: grey, where there are colours at all. */
export const borderStyle: string[] = pc.isColorSupported ? ['gray'] : []
