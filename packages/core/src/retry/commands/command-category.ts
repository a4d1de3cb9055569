/**
 * What may happen if a command that was written and got no reply is run again.
 *
 * - `read-only`: changes nothing, so it may be run again.
 * - `conditional-write`: writes only if a condition holds. The data survive a second run, its reply may deny the first
 *   run's success (`SET NX`, `HSETNX`, `RENAME`).
 * - `last-write-wins`: two runs in a row leave the same data as one (`SET`, `HSET`, `DEL`, `EXPIRE`, `SADD`). A write
 *   of somebody else in between is lost all the same.
 * - `accumulating`: a second run changes the data again or cannot answer what the first one did (`INCR`, `LPUSH`,
 *   `LPOP`, `GETDEL`, `PUBLISH`, `XADD`).
 * - `administrative`: acts on the server or on whole databases (`CONFIG SET`, `FLUSHALL`, `SHUTDOWN`).
 * - `never`: bound to a connection, a transaction, a cursor or a script, or unknown.
 */
export type CommandCategory =
  | 'read-only'
  | 'conditional-write'
  | 'last-write-wins'
  | 'accumulating'
  | 'administrative'
  | 'never'
