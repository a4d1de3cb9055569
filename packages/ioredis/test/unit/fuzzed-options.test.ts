import { anyValue, expectRefusal, fuzz, type Kind, refusalOf, withField } from '@redis-endpoint-failover/testkit/fuzz'
import { constantFrom, tuple } from 'fast-check'
import { Cluster, Redis } from 'ioredis'
import { describe, it } from 'vitest'
import { createFailoverClient, createFailoverCluster } from '../../src/index.ts'

const connection = (prefix: string): Record<string, Kind> => ({
  [`${prefix}`]: 'object',
  [`${prefix}.host`]: 'string',
  [`${prefix}.port`]: 'port',
  [`${prefix}.path`]: 'string',
  [`${prefix}.username`]: 'string',
  [`${prefix}.password`]: 'string',
  [`${prefix}.url`]: 'string',
  [`${prefix}.sentinels`]: 'list',
})

const FIELDS: Readonly<Record<string, Kind>> = {
  ...connection('clientOptions'),
  ...connection('endpoints.0.options'),
  Redis: 'function',
}

const options = {
  Redis,
  clientOptions: { lazyConnect: true },
  endpoints: [{ id: 'east', options: { host: 'east' } }],
}

describe('options of an ioredis client, fuzzed', () => {
  it('are refused by a typed error that names the field and shows no secret, whatever stands in a field', async () => {
    const cases = tuple(constantFrom(...Object.keys(FIELDS)), anyValue)
    await fuzz(
      'options of an ioredis client',
      cases,
      ([path, value]) => {
        const given = withField(options, path, value) as { clientOptions?: unknown }
        // Where the options are no object, nobody says that it must not connect.
        if (given.clientOptions === undefined) return
        expectRefusal({ path, kind: FIELDS[path]!, value }, () => {
          createFailoverClient(given as typeof options)
        })
      },
      { runs: 300 },
    )
  })

  it('that are no object, or of a Cluster, are refused likewise', async () => {
    await fuzz('what is no options of ioredis', anyValue, (value) => {
      refusalOf(() => createFailoverClient(value as never))
      refusalOf(() => createFailoverCluster(value as never))
      for (const redisOptions of [value, { password: value }])
        refusalOf(() =>
          createFailoverCluster({
            Cluster,
            clientOptions: { lazyConnect: true, redisOptions },
            endpoints: [{ id: 'east', options: { nodes: [{ host: 'east' }], redisOptions } }],
          } as never),
        )
    })
  })
})
