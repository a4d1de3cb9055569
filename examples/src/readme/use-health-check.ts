import { createFailoverClient, type HealthCheck, healthy, unhealthy } from '@redis-endpoint-failover/ioredis'
import { Redis } from 'ioredis'

const isPrimary: HealthCheck = {
  name: 'is-primary',
  governs: 'liveness', // 'eligibility': never leaves the active endpoint, only keeps others from becoming it
  check: async ({ command }) => {
    const [role] = (await command(['ROLE'])) as [string]
    return role === 'master' ? healthy() : unhealthy(`its role is ${role}`)
  },
}

export const { client, group } = createFailoverClient({
  Redis,
  health: { check: isPrimary },
  endpoints: [
    { id: 'east', weight: 2, options: { host: 'east' } },
    { id: 'west', weight: 1, options: { host: 'west' } },
  ],
})
