/** Where a server is and how to be let in, before it becomes the options of any client. */
export interface ServerAddress {
  readonly host: string
  readonly port: number
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Speak TLS, and trust this authority (PEM) only; without one, the well-known ones. */
  readonly tls?: { readonly ca: string | undefined } | undefined
}
