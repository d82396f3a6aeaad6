import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { api, ApiError, readError, useTokenSource } from '../src/api'
import { problemOf, retryRead, retryWaitMs } from '../src/lib/errors'

const fetched = vi.fn<typeof fetch>()
const ok = (data: unknown) => Response.json({ success: true, data, error: null })
const refused = (status: number, error: object, headers = {}) =>
  Response.json(
    { success: false, data: null, error, correlation_id: 'req-7' },
    { status, headers },
  )
const sent = (i: number) => fetched.mock.calls[i]![1]!
const header = (i: number, name: string) => (sent(i).headers as Headers).get(name)

beforeEach(() => {
  fetched.mockReset()
  vi.stubGlobal('fetch', fetched)
  useTokenSource({ token: () => 'old', renew: async () => false })
})
afterEach(() => vi.unstubAllGlobals())

test('takes the data out of the envelope and the cursor beside it', async () => {
  fetched.mockResolvedValue(
    Response.json({
      success: true,
      data: [{ id: 'call_1' }],
      pagination: { next_cursor: 'c2', has_more: true },
    }),
  )
  const page = await api.calls({ limit: 50, cursor: null, status: undefined })
  expect(page.data).toEqual([{ id: 'call_1' }])
  expect(page.pagination?.next_cursor).toBe('c2')
  expect(fetched.mock.calls[0]![0]).toBe('/api/calls?limit=50')
  expect(header(0, 'Authorization')).toBe('Bearer old')
})

test('renews the session once after a 401 and repeats the request', async () => {
  let token = 'old'
  const renew = vi.fn(async () => {
    token = 'new'
    return true
  })
  useTokenSource({ token: () => token, renew })
  fetched
    .mockResolvedValueOnce(refused(401, { code: 'token_expired', message: 'expired' }))
    .mockResolvedValueOnce(ok({ balance_micros: 5 }))
  await expect(api.balance()).resolves.toEqual({ balance_micros: 5 })
  expect(renew).toHaveBeenCalledOnce()
  expect(header(1, 'Authorization')).toBe('Bearer new')
})

test('gives up after a 401 when the session is over', async () => {
  fetched.mockResolvedValue(refused(401, { code: 'unauthorized', message: 'no' }))
  await expect(api.balance()).rejects.toMatchObject({ status: 401 })
  expect(fetched).toHaveBeenCalledOnce()
})

test('repeats a lost POST under the same idempotency key', async () => {
  vi.useFakeTimers()
  fetched.mockRejectedValueOnce(new TypeError('failed to fetch')).mockResolvedValueOnce(ok({}))
  const done = api.hangUp('call_1')
  await vi.runAllTimersAsync()
  await done
  vi.useRealTimers()
  expect(header(0, 'Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/)
  expect(header(1, 'Idempotency-Key')).toBe(header(0, 'Idempotency-Key'))
})

test('sends no token where a session is made', async () => {
  fetched.mockResolvedValue(ok({}))
  await api.login({ email: 'a@b.c', password: 'x' })
  expect(header(0, 'Authorization')).toBeNull()
})

test('an answer that is not the envelope is an error, not data', async () => {
  fetched.mockResolvedValue(new Response('<html>', { status: 200 }))
  await expect(api.me()).rejects.toMatchObject({ code: 'bad_answer' })
})

test('reads the request id, fields and waiting time of a refusal', async () => {
  const fields = [{ field: 'retry.max_attempts', message: 'at most 10' }]
  const error = await readError(
    refused(422, { code: 'invalid', message: 'Check the fields.', field_errors: fields }),
  )
  expect(problemOf(error)).toEqual({
    kind: 'invalid',
    why: 'Check the fields.',
    requestId: 'req-7',
    retryable: false,
    retryAfterS: null,
    fields,
  })
  const busy = await readError(new Response('', { status: 429, headers: { 'Retry-After': '7' } }))
  expect(problemOf(busy)).toMatchObject({ kind: 'too_many', retryable: true, retryAfterS: 7 })
  expect(retryWaitMs(0, busy)).toBe(7_000)
})

test('only what may pass by itself is read again, and not for ever', () => {
  const lost = new ApiError(0, 'network', 'failed to fetch', null)
  const missing = new ApiError(404, 'not_found', 'no such call', 'req-1')
  expect(retryRead(0, lost)).toBe(true)
  expect(retryRead(2, lost)).toBe(false)
  expect(retryRead(0, missing)).toBe(false)
  expect(problemOf(lost)).toMatchObject({ kind: 'network', why: '' })
  expect(problemOf(new ApiError(500, 'internal', 'oops', 'r')).kind).toBe('server')
  expect(problemOf(new Error('boom')).kind).toBe('bug')
})
