import type { TopologyReport } from '@redis-endpoint-failover/core'

/** What one primary said when it was asked for CLUSTER INFO; `silent` if nothing in time. */
export type PrimaryAnswer = 'ok' | 'fail' | 'silent'

/** What the answers of all primaries mean together. One primary that was cut off is outvoted by the others. Pure. */
export const clusterReport = (answers: readonly PrimaryAnswer[]): TopologyReport => {
  const count = (answer: PrimaryAnswer): number => answers.filter((given) => given === answer).length
  const ok = count('ok')
  const answering = answers.length - count('silent')
  const state = answering === 0 ? 'nobody answers' : `cluster_state is ok at ${ok} of ${answering}`
  return {
    ok: ok * 2 > answering,
    primaries: answers.length,
    answering,
    message: `${answering} of ${answers.length} primaries answer, ${state}`,
  }
}

/** From the reply to CLUSTER INFO: a text, in a buffer where the client was told so. */
export const answerOf = (reply: unknown): PrimaryAnswer => {
  const text = typeof reply === 'string' || Buffer.isBuffer(reply) ? String(reply) : ''
  return /^cluster_state:ok\b/m.test(text) ? 'ok' : 'fail'
}
