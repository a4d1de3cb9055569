import { join } from 'node:path'

/** `redis=/folder` or `ioredis=/folder`: the package, and the folder that has it in its `node_modules`. */
export const readMatrixClient = (setting: string): { readonly name: string; readonly folder: string } => {
  const at = setting.indexOf('=')
  if (at < 1) throw new Error(`MATRIX_CLIENT is "${setting}", not "redis=FOLDER" or "ioredis=FOLDER".`)
  return { name: setting.slice(0, at), folder: setting.slice(at + 1) }
}

/** For vitest: what `import 'redis'` means while another version of it is tested. */
export const aliasOfMatrixClient = (setting: string | undefined): { find: RegExp; replacement: string }[] => {
  if (setting === undefined) return []
  const { name, folder } = readMatrixClient(setting)
  const names = name === 'redis' ? ['redis', '@redis/client'] : [name]
  return names.map((each) => ({ find: new RegExp(`^${each}$`), replacement: join(folder, 'node_modules', each) }))
}
