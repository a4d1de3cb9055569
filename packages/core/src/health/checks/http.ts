import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { evidenceForSystemError } from '../../adapter/classify-error.ts'
import { type CheckResult, type HealthCheck, healthy, unhealthy } from '../health-check.ts'
import { buildCheck } from './check-options.ts'
import { judgeExpectation } from './expectation.ts'
import { type HttpCheckOptions, type HttpRequestPlan, planRequest } from './http-options.ts'

/**
 * Asks an HTTP service about the endpoint: a 2xx answer is good, any other is conclusive. Redirects are not followed. A
 * service that cannot be reached, or does not finish its answer in time, is one strike. Each request has a connection of
 * its own, which ends with it.
 *
 * @throws ConfigurationError if an option makes no sense
 */
export const http = (options: HttpCheckOptions): HealthCheck => {
  const plan = planRequest(options)
  return buildCheck('http', options, {
    name: 'http',
    check: async ({ signal }) => {
      const answer = await exchange(plan, signal)
      if (!plan.isExpectedStatus(answer.status)) return unhealthy(describeStatus(plan, answer.status))
      if (plan.expectBody === undefined) return healthy()
      if (answer.body === undefined)
        return unhealthy(`the body from ${describeTarget(plan)} is longer than ${plan.maxBodyBytes} bytes`)
      return judgeBody(plan, answer.body, plan.expectBody)
    },
  })
}

/** `body` is `undefined` where it was longer than we read. */
interface Answer {
  readonly status: number
  readonly body: string | undefined
}

const exchange = (plan: HttpRequestPlan, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(explain(plan, error, signal))
    const send = plan.url.protocol === 'https:' ? requestSecure : requestPlain
    const request = send(plan.url, {
      method: plan.method,
      headers: plan.headers,
      agent: false,
      rejectUnauthorized: true,
      signal,
      ...(plan.ca !== undefined && { ca: [plan.ca].flat() as (string | Buffer)[] }),
    })
    request.on('error', fail)
    request.on('response', (response) => {
      readBody(response, plan.maxBodyBytes).then((body) => resolve({ status: response.statusCode ?? 0, body }), fail)
    })
    request.end()
  })

const readBody = async (response: IncomingMessage, maxBytes: number): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  // Leaving the loop early destroys the response, and the socket with it.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const judgeBody = (
  plan: HttpRequestPlan,
  body: string,
  expectBody: (body: string) => boolean | CheckResult,
): CheckResult => judgeExpectation(`the body from ${describeTarget(plan)}`, expectBody(body))

// Without the query: it may hold a token.
const describeTarget = ({ method, url }: HttpRequestPlan): string => `${method} ${url.origin}${url.pathname}`

const describeStatus = (plan: HttpRequestPlan, status: number): string =>
  `${describeTarget(plan)} answered ${status}${status >= 300 && status <= 399 ? ' (redirects are not followed)' : ''}`

// Wrapped, so that a refused HTTP connection does not count as a refused Redis connection; our own machine's faults
// keep their meaning.
const explain = (plan: HttpRequestPlan, error: Error, signal: AbortSignal): unknown => {
  if (signal.aborted) return signal.reason
  const evidence = evidenceForSystemError(error)
  if (evidence?.weight === 'local') return error
  return new Error(`${describeTarget(plan)} failed: ${evidence?.message ?? error.message}`, { cause: error })
}
