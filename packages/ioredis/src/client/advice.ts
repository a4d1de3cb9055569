const SUBSCRIBE =
  'call the method of that name on the client, not in a pipeline: it subscribes at once, and follows the endpoint'
const CREDENTIALS = 'put username and password into clientOptions or the endpoint options; group.update() changes them'

const ADVICE: Readonly<Record<string, string>> = {
  auth: CREDENTIALS,
  hello: `${CREDENTIALS}; protocol belongs there too`,
  select: 'put db into clientOptions or the endpoint options; one group serves one database',
  multi: 'call multi() without { pipeline: false }; it runs whole on one connection when exec() is called',
  exec: 'call exec() of what multi() returned',
  discard: 'drop what multi() returned; nothing was sent yet',
  watch: 'call watch() on the client, not in a pipeline',
  unwatch: 'call unwatch() on the client, not in a pipeline',
  monitor: 'call monitor() on the client: it returns a client of its own',
  quit: 'call quit() on the client, not in a pipeline',
  client: 'another connection would not know of it; connectionName in clientOptions names every connection',
  subscribe: SUBSCRIBE,
  psubscribe: SUBSCRIBE,
  ssubscribe: SUBSCRIBE,
  unsubscribe: SUBSCRIBE,
  punsubscribe: SUBSCRIBE,
  sunsubscribe: SUBSCRIBE,
}

/** What to do instead of a command that is bound to one connection. */
export const adviceFor = (name: string): string =>
  ADVICE[name.toLowerCase()] ??
  'it changes the state of one connection, which another one would not know of; use a client of your own'
