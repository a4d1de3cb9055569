export { expectRefusal, refusalOf } from './expect-refusal.ts'
export { fuzz, type FuzzOptions } from './fuzz.ts'
export { isWrongFor, type Kind, withField } from './kinds.ts'
export { anyValue, SECRET } from './wrong-values.ts'
