/** From a failed request to what a person needs: what happened, why, what to do. */
import { ApiError } from '../api'
import type { FieldError } from '../model'

export interface Problem {
  /** Key under `errors.` of the texts: `<kind>.what` and `<kind>.do`. */
  kind: string
  /** The server's own words: why. Empty when it did not answer. */
  why: string
  requestId: string | null
  /** Whether the same request may work a little later. */
  retryable: boolean
  retryAfterS: number | null
  fields: FieldError[]
}

const byStatus: Record<number, string> = {
  400: 'bad_request',
  401: 'unauthorized',
  402: 'no_credit',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  412: 'changed',
  413: 'too_large',
  422: 'invalid',
  429: 'too_many',
  503: 'unavailable',
}

export function problemOf(failure: unknown): Problem {
  if (!(failure instanceof ApiError))
    return {
      kind: 'bug',
      why: failure instanceof Error ? failure.message : String(failure),
      requestId: null,
      retryable: true,
      retryAfterS: null,
      fields: [],
    }
  const lost = failure.status === 0
  return {
    kind: lost ? failure.code : (byStatus[failure.status] ?? 'server'),
    why: lost ? '' : failure.message,
    requestId: failure.requestId,
    retryable: lost || failure.status === 429 || failure.status >= 500,
    retryAfterS: failure.retryAfterS,
    fields: failure.fieldErrors,
  }
}

/** Whether a read is tried again by itself, and how long to wait. */
export function retryRead(count: number, failure: unknown): boolean {
  return count < 2 && problemOf(failure).retryable
}

export function retryWaitMs(count: number, failure: unknown): number {
  const asked = problemOf(failure).retryAfterS
  return asked !== null ? Math.min(asked, 30) * 1000 : Math.min(500 * 2 ** count, 4_000)
}
