import type { ServerAddress } from '../../src/index.ts'
import type { RawOptions } from './raw-client.ts'

export const rawOptions = ({ host, port, username, password, tls }: ServerAddress): RawOptions => ({
  host,
  port,
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls !== undefined && { tls }),
})
