/** A command name or argument as the clients hand it over; a `Buffer` is a `Uint8Array`. */
export type CommandArgument = string | Uint8Array | number

/** Finds values by command name and subcommand, ignoring case, without allocating. */
export interface CommandIndex<T> {
  /** The value of the subcommand that `args` names, or else of the command; undefined if there is none. */
  find(args: readonly CommandArgument[]): T | undefined
  /** Whether any entry belongs to the command `name`, whatever its subcommand. */
  has(name: CommandArgument | undefined): boolean
}

interface Node<T> {
  readonly name: string
  value: T | undefined
  subcommands: Buckets<T> | undefined
}

/** Nodes by `bucketOf` their name: one array access turns away nearly every name that is not listed. */
type Buckets<T> = (Node<T>[] | undefined)[]

/** Not `instanceof`: test runners hand over buffers of another realm. */
export function isBytes(argument: CommandArgument | undefined): argument is Uint8Array {
  return ArrayBuffer.isView(argument)
}

/** Case does not show in the low five bits of a letter. */
function bucketOf(length: number, firstCode: number): number {
  return (length << 5) | (firstCode & 31)
}

/** Whether `token` equals `name`, which is upper-case ASCII. Bytes are compared as they are, not decoded. */
export function equalsToken(token: CommandArgument | undefined, name: string): boolean {
  if (typeof token === 'string') {
    if (token.length !== name.length) return false
    for (let i = 0; i < name.length; i++) if (!equalsCode(token.charCodeAt(i), name.charCodeAt(i))) return false
    return true
  }
  if (!isBytes(token) || token.length !== name.length) return false
  for (let i = 0; i < name.length; i++) if (!equalsCode(token[i] as number, name.charCodeAt(i))) return false
  return true
}

function equalsCode(code: number, upper: number): boolean {
  return code === upper || (code === upper + 32 && upper >= 65 && upper <= 90)
}

function findNode<T>(buckets: Buckets<T>, name: CommandArgument | undefined): Node<T> | undefined {
  let bucket: number
  if (typeof name === 'string') bucket = bucketOf(name.length, name.charCodeAt(0))
  else if (isBytes(name)) bucket = bucketOf(name.length, name[0] ?? 0)
  else return undefined
  // Reading past the end of an array is slow.
  const nodes = bucket < buckets.length ? buckets[bucket] : undefined
  if (nodes === undefined) return undefined
  for (const node of nodes) if (equalsToken(name, node.name)) return node
  return undefined
}

function nodeFor<T>(buckets: Buckets<T>, name: string): Node<T> {
  const found = findNode(buckets, name)
  if (found) return found
  const node: Node<T> = { name, value: undefined, subcommands: undefined }
  const bucket = bucketOf(name.length, name.charCodeAt(0))
  // No holes: they would make every access slower.
  while (buckets.length <= bucket) buckets.push(undefined)
  buckets[bucket] = [...(buckets[bucket] ?? []), node]
  return node
}

/** Names are upper-case ASCII; `A|B` is subcommand B of command A. */
export function createCommandIndex<T>(entries: Iterable<readonly [name: string, value: T]>): CommandIndex<T> {
  const buckets: Buckets<T> = []
  for (const [fullName, value] of entries) {
    const [name = '', subcommand] = fullName.split('|')
    const node = nodeFor(buckets, name)
    if (subcommand === undefined) {
      node.value = value
    } else {
      node.subcommands ??= []
      nodeFor(node.subcommands, subcommand).value = value
    }
  }
  return {
    find(args) {
      const node = findNode(buckets, args[0])
      if (node === undefined) return undefined
      if (node.subcommands === undefined || args.length < 2) return node.value
      return findNode(node.subcommands, args[1])?.value
    },
    has: (name) => findNode(buckets, name) !== undefined,
  }
}
