import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** PEM texts: a server certificate with its key, and the authority that signed it. */
export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** What signs certificates. */
export interface Authority {
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** Names and addresses that the certificate is for. Default: localhost, 127.0.0.1 and ::1. */
  hostnames?: readonly string[]
  /** Make a certificate that ended yesterday; its authority stays valid. Default false. */
  expired?: boolean
  /** Default: a new one, so that the `ca` of another call is the "wrong CA" of a test. */
  authority?: Authority
}

const dayMs = 86_400_000
const algorithm = { keyType: 'ec', algorithm: 'sha256' } as const

export async function createAuthority(): Promise<Authority> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Test authority' }], {
    ...algorithm,
    ...validity(-30, 30),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { cert, key }
}

/** A server certificate, good for clients as well. */
export async function createCertificates(options: CertificateOptions = {}): Promise<Certificates> {
  const { hostnames = ['localhost', '127.0.0.1', '::1'], expired = false } = options
  const ca = options.authority ?? (await createAuthority())
  const { cert, private: key } = await generate([{ name: 'commonName', value: hostnames[0] ?? 'localhost' }], {
    ...algorithm,
    ...validity(-20, expired ? -1 : 20),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: hostnames.map(altName) },
    ],
  })
  return { ca: ca.cert, cert, key }
}

function altName(name: string): { type: 7; ip: string } | { type: 2; value: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }
}

function validity(fromDays: number, toDays: number): { notBeforeDate: Date; notAfterDate: Date } {
  const now = Date.now()
  return { notBeforeDate: new Date(now + fromDays * dayMs), notAfterDate: new Date(now + toDays * dayMs) }
}
