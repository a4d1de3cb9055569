// Before each test file of the matrix: proof that the tests import the version that they are meant to test.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { readMatrixClient } from './alias.ts'

const { name, folder } = readMatrixClient(process.env.MATRIX_CLIENT ?? '')
const meant = createRequire(join(folder, 'package.json'))(name) as Record<string, unknown>
// The root depends on no client; the alias gives it the one under test.
const imported: Record<string, unknown> =
  // @ts-expect-error
  name === 'redis' ? await import('redis') : await import('ioredis')
const entry = name === 'redis' ? 'createClient' : 'Redis'
if (meant[entry] === undefined || imported[entry] !== meant[entry])
  throw new Error(`The tests import another ${name} than the one in ${folder}.`)
