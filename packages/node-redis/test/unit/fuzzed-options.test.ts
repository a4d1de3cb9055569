import { anyValue, expectRefusal, fuzz, type Kind, refusalOf, withField } from '@redis-endpoint-failover/testkit/fuzz'
import { constantFrom, tuple } from 'fast-check'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { describe, it } from 'vitest'
import {
  createFailoverClient,
  createFailoverCluster,
  createFailoverGroup,
  createFailoverPool,
  createFailoverSentinel,
} from '../../src/index.ts'

const connection = (prefix: string): Record<string, Kind> => ({
  [`${prefix}`]: 'object',
  [`${prefix}.socket`]: 'object',
  [`${prefix}.socket.host`]: 'string',
  [`${prefix}.socket.port`]: 'port',
  [`${prefix}.username`]: 'string',
  [`${prefix}.password`]: 'string',
  [`${prefix}.database`]: 'whole',
  [`${prefix}.commandOptions`]: 'object',
})

const FIELDS: Readonly<Record<string, Kind>> = {
  ...connection('clientOptions'),
  ...connection('endpoints.0.options'),
  'endpoints.0.options.url': 'string',
  create: 'function',
}

const options = {
  create: createClient,
  clientOptions: {},
  endpoints: [{ id: 'east', options: { socket: { host: 'east' } } }],
}

describe('options of a node-redis client, fuzzed', () => {
  it('are refused by a typed error that names the field and shows no secret, whatever stands in a field', async () => {
    const cases = tuple(constantFrom(...Object.keys(FIELDS)), anyValue)
    await fuzz(
      'options of a node-redis client',
      cases,
      ([path, value]) => {
        // What a function of the user's does is the user's affair.
        if (path === 'create' && typeof value === 'function') return
        expectRefusal({ path, kind: FIELDS[path]!, value }, () =>
          createFailoverClient(withField(options, path, value) as unknown as typeof options),
        )
      },
      { runs: 300 },
    )
  })

  it('that are no object, or of the other kinds, are refused likewise', async () => {
    await fuzz('what is no options of node-redis', anyValue, (value) => {
      const endpoints = [{ id: 'east', options: value }]
      for (const make of [
        () => createFailoverClient(value as never),
        () => createFailoverGroup(value as never),
        () => createFailoverCluster({ create: createCluster, clientOptions: value, endpoints } as never),
        () => createFailoverSentinel({ create: createSentinel, clientOptions: value, endpoints } as never),
        () => createFailoverPool({ create: createClientPool, clientOptions: value, endpoints } as never),
        () => createFailoverGroup({ endpoints } as never),
      ])
        refusalOf(make)
    })
  })
})
