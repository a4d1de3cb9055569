// Checked by tsc: the same for `@redis/client`, whose clients have no modules of their own.

import { createClient, RESP_TYPES } from '@redis/client'
import { createClient as createClientWithModules } from 'redis'
import { createFailoverClient } from '../../src/index.ts'
import { check, type Equal } from './equal.ts'

const endpoints = [{ id: 'east', options: { url: 'redis://east:6379' } }]

const bare = createClient()
const { client } = createFailoverClient({ create: createClient, endpoints })
check<Equal<typeof client, typeof bare>>()

const bareMapped = createClient({ RESP: 2, commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } })
const { client: mapped } = createFailoverClient({
  create: (options) =>
    createClient({ ...options, RESP: 2, commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } }),
  endpoints,
})
check<Equal<typeof mapped, typeof bareMapped>>()

// What tells that these checks can fail.
const withModules = createClientWithModules()
// @ts-expect-error: other modules
check<Equal<typeof client, typeof withModules>>()
// @ts-expect-error: another protocol and type mapping
check<Equal<typeof client, typeof mapped>>()
// @ts-expect-error: no module of that name
export const missing = client.json
