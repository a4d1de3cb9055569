import { readdir } from 'node:fs/promises'
import type { FaultRow } from './fault-row.ts'

const folder = new URL('./rows/', import.meta.url)

/** Every row there is a file for, by number. A file exports one row, and its name begins with the number. */
export async function allRows(): Promise<readonly FaultRow[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
  const rows = await Promise.all(files.map(loadRow))
  return rows.sort((a, b) => a.row - b.row)
}

async function loadRow(file: string): Promise<FaultRow> {
  const exported = Object.values((await import(new URL(file, folder).href)) as Record<string, FaultRow>)
  const [row] = exported
  if (row === undefined || exported.length !== 1) throw new Error(`${file} must export one row and nothing else.`)
  if (row.row !== Number.parseInt(file, 10)) throw new Error(`${file} holds row ${row.row}.`)
  return row
}
