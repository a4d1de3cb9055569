// `RedisClientType` of redis 5 takes not even what its own `createClient()` returns.

import { createClient as createPlainClient, type RedisClientType as PlainClientType } from '@redis/client'
import { createClient, type RedisClientType } from 'redis'
import { createFailoverClient } from '../../../src/index.ts'
import { check, type Interchangeable } from '../equal.ts'

const endpoints = [{ id: 'east', options: { url: 'redis://east:6379' } }]

/** An app's own code, written for the type that `redis` exports. */
const app = async (client: RedisClientType): Promise<string | null> => client.get('a')

const { client } = createFailoverClient({ create: createClient, endpoints })
check<Interchangeable<typeof client, RedisClientType>>()
export const called = [app(client), app(createClient())]

const { client: plain } = createFailoverClient({ create: createPlainClient, endpoints })
check<Interchangeable<typeof plain, PlainClientType>>()
