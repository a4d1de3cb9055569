import { describe, expect, it } from 'vitest'
import { clientNames } from '../../src/client/benchmark-client.ts'
import { svgOf } from '../../src/report/svg.ts'
import { drawSoak } from '../../src/soak/draw-soak.ts'
import { runSoak, verdictOf } from '../../src/soak/run-soak.ts'

describe('a soak', () => {
  it.each(clientNames)(
    'of a few seconds with %s loses, repeats and leaves open nothing, and can be drawn',
    async (client) => {
      const result = await runSoak({ client, seconds: 6, seed: `test ${Math.random()}`, sampleEvery: 200 })
      expect(result.audit).toMatchObject({ repeated: 0, lost: 0, denied: 0, unsettled: 0 })
      expect(result.audit.writes).toBeGreaterThan(20)
      expect(result.counts.leases).toBeGreaterThan(0)
      expect(result.counts.messages).toBeGreaterThan(0)
      expect(result.faults.size).toBeGreaterThan(0)
      expect(svgOf(drawSoak('a soak', 'soak', result))).toMatch(/^<svg[\s\S]*heap after a collection/)
      // Seconds say nothing of what grows; the other verdicts stand.
      expect(verdictOf({ ...result, groupErrors: 1 }, false)).toContain('1 error events')
      expect(verdictOf({ ...result, switches: 1 }, true).join()).toContain('although nothing failed')
    },
  )
})
