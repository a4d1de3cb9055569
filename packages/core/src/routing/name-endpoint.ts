/** What a server answers that lacks what another one has, and what to do about it there. */
const MISSING: readonly (readonly [answer: RegExp, advice: string])[] = [
  [/^NOSCRIPT\b/, 'load the script there too (SCRIPT LOAD), or send it whole (EVAL)'],
  [/^ERR (Function|Library) not found/i, 'load the function library there too (FUNCTION LOAD)'],
  [
    /^ERR unknown (command|subcommand)/i,
    'its server does not know the command: a module is missing there, its version is older, or the command was renamed',
  ],
]

/**
 * Says in an error of the server's which endpoint gave it and what to do, where what one endpoint has is missing at
 * another: a script, a function, a module. The error stays the client's own, and its message begins as before: libraries go by
 * both. Any other error is left as it is. Returns it.
 */
export const nameEndpoint = <E>(error: E, endpointId: string): E => {
  if (!(error instanceof Error) || !Object.isExtensible(error) || 'endpointId' in error) return error
  const { message, stack } = error
  const advice = MISSING.find(([answer]) => answer.test(message))?.[1]
  if (advice === undefined) return error
  error.message = `${message.trimEnd()} (endpoint "${endpointId}": ${advice})`
  // What is printed of an error is its stack, which has the message as it was.
  if (stack?.includes(message) === true) error.stack = stack.replace(message, () => error.message)
  return Object.assign(error, { endpointId })
}
