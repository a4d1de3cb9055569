import {
  type CommandArgument,
  commandCategory,
  isConnectionStateCommand,
  isReplicaReadCommand,
  mayBlock,
} from '@redis-endpoint-failover/core'

/** What is known of a method of a client by its name alone. */
export interface MethodFacts {
  /** The command's name, for messages and events. */
  readonly name: string
  readonly words: readonly string[]
  /** Read-only whatever its arguments are: these are not at hand in the form in which the server gets them. */
  readonly readOnly: boolean
  readonly mayBlock: boolean
  /** It would change what later commands of its connection mean. */
  readonly isConnectionState: boolean
  /** A Cluster client may send it to several servers, some of which may have done it when it fails. */
  readonly mayBeDoneInPart: boolean
}

/** Commands that a Cluster client takes apart by the servers of their keys. */
const TAKEN_APART = new Set(['DEL', 'UNLINK', 'MSET', 'MSETEX', 'TOUCH'])

/** Whether it asks how many replicas have the writes of its connection. */
export const isWait = ({ name }: MethodFacts): boolean => name === 'WAIT' || name === 'WAITAOF'

/** The facts about a command whose arguments are at hand. */
export const factsOfCommand = (args: readonly CommandArgument[], readOnly: boolean): MethodFacts => {
  const words = args.slice(0, 2).map(String)
  const name = (words[0] ?? '').toUpperCase()
  const category = commandCategory(args)
  return {
    name,
    words,
    readOnly,
    mayBlock: mayBlock(name),
    isConnectionState: isConnectionStateCommand(args),
    mayBeDoneInPart: !readOnly && (TAKEN_APART.has(name) || category === 'administrative' || category === 'never'),
  }
}

/** The facts about a method in upper case, such as `HGETALL`, `CONFIG_GET`, or `GET` of the module `json`. */
export const factsOfMethod = (upperName: string, namespace: string | undefined): MethodFacts => {
  const words = wordsOf(upperName, namespace)
  return { ...factsOfCommand(words, isReplicaReadCommand(words)), name: words[0] ?? upperName }
}

// `EVAL_RO` is one word, `CONFIG_GET` are two, `ZRANGE_WITHSCORES` is a command and what node-redis adds to it.
const wordsOf = (upperName: string, namespace: string | undefined): readonly string[] => {
  const full = namespace === undefined ? upperName : `${namespace.toUpperCase()}.${upperName}`
  if (!upperName.includes('_') || commandCategory([full]) !== 'never') return [full]
  const [first = '', second = ''] = full.split('_')
  return [first, second]
}
