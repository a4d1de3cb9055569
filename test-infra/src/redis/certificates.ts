import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** PEM texts: a server certificate with its key, and the authority that signed it. */
export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** Names and addresses that the certificate is for. Default: localhost, 127.0.0.1 and ::1. */
  hostnames?: readonly string[]
  /** Make a certificate that ended yesterday; its authority stays valid. Default false. */
  expired?: boolean
}

const dayMs = 86_400_000

/**
 * A new authority and a server certificate signed by it. Two calls share nothing, so the `ca` of another call is the
 * "wrong CA" of a test.
 */
export async function createCertificates(options: CertificateOptions = {}): Promise<Certificates> {
  const { hostnames = ['localhost', '127.0.0.1', '::1'], expired = false } = options
  const now = Date.now()
  const days = (count: number): Date => new Date(now + count * dayMs)
  const ca = await generate([{ name: 'commonName', value: 'Test authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: days(-30),
    notAfterDate: days(30),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const server = await generate([{ name: 'commonName', value: hostnames[0] ?? 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: days(-20),
    notAfterDate: days(expired ? -1 : 20),
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: hostnames.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  })
  return { ca: ca.cert, cert: server.cert, key: server.private }
}
