/** The lines of client versions that we promise to work with; the first of each package is the oldest allowed. */
export const CLIENT_LINES = [
  { name: 'redis', line: '5.8', range: '5.8.0', adapter: 'node-redis' },
  { name: 'redis', line: '5.12', range: '~5.12.0', adapter: 'node-redis' },
  { name: 'redis', line: '6.0', range: '~6.0.0', adapter: 'node-redis' },
  { name: 'redis', line: 'newest', range: '>=6 <7', adapter: 'node-redis' },
  { name: 'ioredis', line: '5.4', range: '5.4.0', adapter: 'ioredis' },
  { name: 'ioredis', line: '5.8', range: '~5.8.0', adapter: 'ioredis' },
  { name: 'ioredis', line: '5.11', range: '~5.11.0', adapter: 'ioredis' },
  { name: 'ioredis', line: '6.0', range: '>=6 <7', adapter: 'ioredis' },
] as const

export type ClientLine = (typeof CLIENT_LINES)[number]

export const NODE_LINES = ['20', '22', '24', '26'] as const

export type NodeLine = (typeof NODE_LINES)[number]

export interface Cell {
  readonly client: ClientLine
  readonly node: NodeLine
}

export interface Selection {
  /** `redis`, `ioredis`, or one line of it: `redis@5.8`. None means all. */
  readonly clients: readonly string[]
  /** `20`, `22`, ... None means all. */
  readonly nodes: readonly string[]
}

export const labelOf = ({ name, line }: ClientLine): string => `${name}@${line}`

/**
 * The cells to run, in the order of the table.
 *
 * @throws Error that names what there is, when a selector fits nothing
 */
export const planCells = ({ clients, nodes }: Selection): readonly Cell[] => {
  const fits = (client: ClientLine, selector: string): boolean =>
    selector === client.name || selector === labelOf(client)
  for (const selector of clients)
    if (!CLIENT_LINES.some((client) => fits(client, selector)))
      throw new Error(`--client ${selector}: there is redis, ioredis, ${CLIENT_LINES.map(labelOf).join(', ')}.`)
  for (const node of nodes)
    if (!NODE_LINES.some((line) => line === node)) throw new Error(`--node ${node}: there is ${NODE_LINES.join(', ')}.`)
  return CLIENT_LINES.filter(
    (client) => clients.length === 0 || clients.some((selector) => fits(client, selector)),
  ).flatMap((client) =>
    NODE_LINES.filter((line) => nodes.length === 0 || nodes.includes(line)).map((node) => ({ client, node })),
  )
}
