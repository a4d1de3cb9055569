import { ConfigurationError } from '../../errors.ts'
import {
  checkFunction,
  checkKnownFields,
  checkNumber,
  checkObject,
  checkOneOf,
  checkText,
} from '../../options/validate.ts'
import type { CheckResult } from '../health-check.ts'
import { type CheckOptions, checkFields } from './check-options.ts'

export interface HttpCheckOptions extends CheckOptions {
  /** `http:` or `https:`, without credentials in it. Its query is never shown. */
  readonly url: string | URL
  /** Default `GET`. */
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly basicAuth?: { readonly username: string; readonly password: string }
  /** Certificates to trust instead of the well-known ones, in PEM form. Certificates are always verified. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[]
  /** The status, or the statuses, that are good. Default: 200 to 299. */
  readonly expectedStatus?: number | readonly number[]
  /** Judges the body, as text. Default: any body will do. */
  readonly expectBody?: (body: string) => boolean | CheckResult
  /** Bytes of the body that are read at most; a longer one fails where `expectBody` is given. Default 65,536. */
  readonly maxBodyBytes?: number
}

/** Options of `http()` in the form in which it uses them. */
export interface HttpRequestPlan {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly ca: HttpCheckOptions['ca']
  readonly isExpectedStatus: (status: number) => boolean
  readonly expectBody: HttpCheckOptions['expectBody']
  readonly maxBodyBytes: number
}

const FIELDS = ['url', 'method', 'headers', 'basicAuth', 'ca', 'expectedStatus', 'expectBody', 'maxBodyBytes']

/** Validates the options of `http()`. No error shows a URL, a header's value or a password. */
export const planRequest = (options: HttpCheckOptions): HttpRequestPlan => {
  checkFields('http', options, FIELDS)
  if (options.expectBody !== undefined) checkFunction('http.expectBody', options.expectBody)
  return {
    url: checkUrl(options.url),
    method: checkOneOf('http.method', options.method ?? 'GET', ['GET', 'HEAD', 'OPTIONS', 'POST']),
    headers: { ...checkHeaders(options.headers ?? {}), ...authorization(options) },
    ca: checkCertificates(options.ca),
    isExpectedStatus: statusRule(options.expectedStatus),
    expectBody: options.expectBody,
    maxBodyBytes: checkNumber('http.maxBodyBytes', options.maxBodyBytes ?? 65_536, {
      min: 1,
      max: 16_777_216,
      integer: true,
      unit: 'bytes',
    }),
  }
}

const checkUrl = (given: unknown): URL => {
  const url =
    (given instanceof URL || typeof given === 'string') && URL.canParse(String(given)) ? new URL(given) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError('http.url', 'something else', 'a whole URL that begins with http: or https:')
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError('http.url', 'a URL with credentials', 'a URL without them; give basicAuth instead')
  }
  return url
}

// Node's own rules for header fields: a token as name, no line breaks or other control characters in the value.
const HEADER_NAME = /^[\w!#$%&'*+\-.^`|~]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

const checkHeaders = (headers: unknown): Record<string, string> => {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(checkObject('http.headers', headers))) {
    if (!HEADER_NAME.test(name) || typeof value !== 'string' || !HEADER_VALUE.test(value)) {
      throw new ConfigurationError(`http.headers.${name}`, 'something else', 'a header field that HTTP allows')
    }
    checked[name.toLowerCase()] = value
  }
  return checked
}

const authorization = ({ basicAuth, headers = {} }: HttpCheckOptions): Record<string, string> => {
  if (basicAuth === undefined) return {}
  checkKnownFields('http.basicAuth', checkObject('http.basicAuth', basicAuth), ['username', 'password'])
  const { username, password } = basicAuth
  // A colon ends the user name (RFC 7617, section 2).
  if (checkText('http.basicAuth.username', username).includes(':') || typeof password !== 'string') {
    throw new ConfigurationError('http.basicAuth', basicAuth, 'a username without a colon, and a password')
  }
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) {
    throw new ConfigurationError('http.basicAuth', basicAuth, 'left out where headers hold an authorization')
  }
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
}

const checkCertificates = (ca: HttpCheckOptions['ca']): HttpCheckOptions['ca'] => {
  const list: readonly unknown[] = Array.isArray(ca) ? ca : [ca]
  if (ca !== undefined && !list.every((entry) => typeof entry === 'string' || Buffer.isBuffer(entry))) {
    throw new ConfigurationError('http.ca', ca, 'a certificate in PEM form, or a list of them')
  }
  return ca
}

const statusRule = (expected: HttpCheckOptions['expectedStatus']): ((status: number) => boolean) => {
  if (expected === undefined) return (status) => status >= 200 && status <= 299
  const list = typeof expected === 'number' ? [expected] : expected
  if (!Array.isArray(list) || list.length === 0) {
    throw new ConfigurationError('http.expectedStatus', expected, 'a status from 200 to 599, or a list of at least one')
  }
  for (const status of list) checkNumber('http.expectedStatus', status, { min: 200, max: 599, integer: true })
  return (status) => list.includes(status)
}
