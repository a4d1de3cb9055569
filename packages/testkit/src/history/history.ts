/** What the application was told about one write. */
export type WriteOutcome =
  /** No reply and no error yet. */
  | { readonly state: 'open' }
  /** A reply, which names the endpoint that it comes from. */
  | { readonly state: 'acknowledged'; readonly endpoint: string; readonly value?: number }
  /** AmbiguousResultError: it may have executed. */
  | { readonly state: 'ambiguous' }
  /** Any other error, which claims that it has not executed. */
  | { readonly state: 'refused'; readonly error: string }

/**
 * - `push`: adds the id to a list;
 * - `transaction`: adds the id to a list and increments the id's own key, in one MULTI;
 * - `increment`: increments the one counter that all share. It leaves no id, but its reply is a position.
 */
export type WriteKind = 'push' | 'transaction' | 'increment'

export interface Write {
  readonly id: string
  readonly kind: WriteKind
  readonly outcome: WriteOutcome
}

/** What one server holds when all is over. */
export interface ServerContent {
  readonly endpoint: string
  /** All ids in its lists, as often as they are there. */
  readonly pushed: readonly string[]
  /** The value of every id's own key. */
  readonly counts: ReadonlyMap<string, number>
  /** How far the shared counter has moved. */
  readonly increments: number
}

export type HistoryFaultKind =
  /** It neither succeeded nor failed. */
  | 'unsettled'
  /** It executed more than once. */
  | 'repeated'
  /** Acknowledged, but not there on the endpoint that acknowledged it. */
  | 'lost'
  /** The caller was told that it did not execute, but it did. */
  | 'denied'
  /** Only a part of a transaction executed. */
  | 'torn'
  /** Nobody issued it. */
  | 'invented'

export interface HistoryFault {
  readonly kind: HistoryFaultKind
  readonly id: string
  readonly text: string
}
