import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ViteUserConfig } from 'vitest/config'
import { mutants } from './list/index.ts'
import { mutate } from './mutant.ts'

/**
 * For vitest: has the tests run on the code of the mutant that is named, without touching a file. `proof` is written when
 * the mutated file was loaded: a mutant that no test has seen was not survived.
 */
export const mutantPlugin = (
  name: string | undefined,
  proof: string | undefined,
): NonNullable<ViteUserConfig['plugins']> => {
  if (name === undefined) return []
  const mutant = mutants.find((each) => each.name === name)
  if (mutant === undefined) throw new Error(`MUTANT is "${name}", which is none of the list.`)
  const file = join(import.meta.dirname, '../..', mutant.file)
  return [
    {
      name: 'mutant',
      enforce: 'pre',
      transform(code: string, id: string) {
        if (id.split('?')[0] !== file) return undefined
        if (proof !== undefined) writeFileSync(proof, mutant.name)
        return { code: mutate(code, mutant), map: null }
      },
    },
  ]
}
