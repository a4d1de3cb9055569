import type { MessageBook } from '../world/simulated-group.ts'

/** What the simulation publishes: who published it, and the how manyth it is there. */
export const messageText = (endpointId: string, number: number): string => `${endpointId}:${number}`

/** Subscriptions: of what one endpoint publishes on a channel, a subscriber gets nothing twice and nothing out of order. */
export const messagesInvariant = (report: (invariant: number, text: string) => void): MessageBook => {
  const latest = new Map<string, number>()
  return {
    onMessage: (subscriber, channel, message) => {
      const [endpointId = '', number = ''] = message.split(':')
      const stream = `${subscriber} ${channel} ${endpointId}`
      const before = latest.get(stream) ?? 0
      if (Number(number) <= before)
        report(24, `subscriber ${subscriber} got message ${number} of ${channel} at ${endpointId} after ${before}`)
      latest.set(stream, Number(number))
    },
  }
}
