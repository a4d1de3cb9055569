import { type Arbitrary, anything, constant, constantFrom, double, oneof, string } from 'fast-check'

export const SECRET = 'correct-horse-battery-staple'

/** What may end up in a field by mistake: whole objects, URLs and lists with a password in them. */
const withSecret: Arbitrary<unknown> = constantFrom<unknown>(
  `redis://app:${SECRET}@redis.example:6379/0`,
  `rediss://:${SECRET}@redis.example`,
  `app:${SECRET}@redis.example`,
  { password: SECRET },
  { url: `redis://app:${SECRET}@redis.example` },
  [SECRET],
  [{ password: SECRET }],
  new Map([['password', SECRET]]),
  Buffer.from(SECRET),
  () => SECRET,
  class Named {
    readonly password = SECRET
  },
)

const oddities: Arbitrary<unknown> = constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  -0.5,
  1e308,
  '',
  '5',
  'constructor',
  '__proto__',
  true,
  false,
  0n,
  Symbol('odd'),
  new Date(Number.NaN),
  Object.create(null),
  Object.freeze([]),
  new Proxy({}, {}),
)

const arbitrary: Arbitrary<unknown> = oneof(
  { weight: 2, arbitrary: withSecret },
  { weight: 2, arbitrary: oddities },
  { weight: 1, arbitrary: anything({ maxDepth: 1, maxKeys: 3 }) },
  { weight: 1, arbitrary: string({ minLength: 201, maxLength: 400 }) },
  { weight: 1, arbitrary: double() },
)

/** Any value at all, with those in favour that get into a configuration by mistake. */
export const anyValue: Arbitrary<unknown> = oneof(
  { weight: 1, arbitrary: constant(undefined) },
  { weight: 1, arbitrary: constant(null) },
  { weight: 8, arbitrary },
)
