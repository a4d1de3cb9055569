import { defineScript } from 'redis'

/** A script of the user's. */
export const double = defineScript({
  SCRIPT: 'return 2 * ARGV[1]',
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, value: number) {
    parser.pushKey(key)
    parser.push(String(value))
  },
  transformReply: (reply: number) => reply,
})
