const NODES = 'call nodes() and use the node: it is a client of the endpoint that is active now'
const WAIT = `which node carried the writes cannot be told here; ${NODES}`

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['scan', 'a cursor belongs to one node; scan each of nodes("master")'],
  ['wait', WAIT],
  ['waitaof', WAIT],
  ['multi', 'call multi() without { pipeline: false }; it runs whole on one node when exec() is called'],
  ['monitor', NODES],
])

/** What to do instead of a command that a transparent Cluster client refuses; `undefined` for all others. */
export const clusterAdviceFor = (name: string): string | undefined => ADVICE.get(name.toLowerCase())
