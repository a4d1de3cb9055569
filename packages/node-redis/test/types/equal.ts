/** Exactly the same type, not only assignable. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** `true` if each may stand where the other is asked for. */
export type Interchangeable<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** Takes nothing but `true`: the compiler is the test. */
export const check = <T extends true>(): T | undefined => undefined
