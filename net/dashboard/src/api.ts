/**
 * The client of Caly's HTTP API: the only place that knows the envelope, the error shape,
 * idempotency keys and the bearer token. Everything else works with plain values and `ApiError`.
 */
import type * as m from './model'

/** A refused or failed request. `code` is stable; `message` is the server's English text. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null,
    readonly fieldErrors: m.FieldError[] = [],
    /** Seconds to wait before trying again, when the server said so. */
    readonly retryAfterS: number | null = null,
  ) {
    super(message)
  }
}

/** A successful answer with what travels beside `data`. */
export interface Answer<T> {
  data: T
  pagination: m.Pagination | null
  etag: string | null
}

interface Options {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  ifMatch?: string
  signal?: AbortSignal
  /** Milliseconds before the request is given up. */
  timeoutMs?: number
  /** False for the calls that make or renew a session. */
  authorized?: boolean
}

/** Who gives tokens. Set once by the session, so that this file holds no state of a login. */
interface TokenSource {
  token(): string | null
  /** Gets a new access token after a 401; false when the session is over. */
  renew(): Promise<boolean>
}

let tokens: TokenSource = { token: () => null, renew: async () => false }

export function useTokenSource(source: TokenSource) {
  tokens = source
}

/** 128 random bits in hex; `crypto.randomUUID` exists only on https and localhost. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

function address(path: string, query: Options['query']): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

async function exchange(method: string, path: string, o: Options, key: string | null) {
  const headers = new Headers({ Accept: 'application/json' })
  const form = o.body instanceof FormData
  if (o.body !== undefined && !form) headers.set('Content-Type', 'application/json')
  if (key) headers.set('Idempotency-Key', key)
  if (o.ifMatch) headers.set('If-Match', o.ifMatch)
  const token = o.authorized === false ? null : tokens.token()
  if (token) headers.set('Authorization', `Bearer ${token}`)
  const deadline = AbortSignal.timeout(o.timeoutMs ?? 20_000)
  return fetch(address(path, o.query), {
    method,
    headers,
    body: form ? (o.body as FormData) : o.body === undefined ? null : JSON.stringify(o.body),
    signal: o.signal ? AbortSignal.any([o.signal, deadline]) : deadline,
  })
}

/** Sends, renewing the session once after a 401 and repeating a lost POST once under the same key. */
async function send(method: string, path: string, o: Options): Promise<Response> {
  const key = method === 'POST' ? randomKey() : null
  const attempt = async () => {
    try {
      return await exchange(method, path, o, key)
    } catch (failure) {
      if (o.signal?.aborted) throw failure
      const late = (failure as Error).name === 'TimeoutError'
      throw new ApiError(0, late ? 'timeout' : 'network', String(failure), null)
    }
  }
  let response: Response
  try {
    response = await attempt()
  } catch (failure) {
    if (!key || !(failure instanceof ApiError) || failure.code !== 'network') throw failure
    await pause(400)
    response = await attempt()
  }
  if (response.status === 401 && o.authorized !== false && (await tokens.renew()))
    response = await attempt()
  return response
}

/** Turns a response that is not a success into an `ApiError`; bodies that are not ours included. */
export async function readError(response: Response): Promise<ApiError> {
  const header = response.headers.get('X-Correlation-Id') ?? response.headers.get('X-Request-Id')
  const wait = Number(response.headers.get('Retry-After') ?? NaN)
  const body = (await response.json().catch(() => null)) as m.Envelope | null
  const error = body?.error
  return new ApiError(
    response.status,
    error?.code ?? `http_${response.status}`,
    error?.message ?? response.statusText,
    body?.correlation_id ?? header,
    error?.field_errors ?? [],
    error?.retry_after ?? (Number.isFinite(wait) ? wait : null),
  )
}

async function request<T>(method: string, path: string, o: Options = {}): Promise<Answer<T>> {
  const response = await send(method, path, o)
  if (!response.ok) throw await readError(response)
  const body = (await response.json().catch(() => null)) as m.Envelope | null
  if (!body || body.success !== true)
    throw new ApiError(response.status, 'bad_answer', 'The answer is not in the known form.', null)
  return {
    data: body.data as T,
    pagination: body.pagination ?? null,
    etag: response.headers.get('ETag'),
  }
}

const get = <T>(path: string, query?: Options['query'], signal?: AbortSignal) =>
  request<T>('GET', path, { query, signal })
const data = async <T>(answer: Promise<Answer<T>>) => (await answer).data
const post = <T>(path: string, body: unknown = {}) => data(request<T>('POST', path, { body }))
const open = <T>(path: string, body: unknown) =>
  data(request<T>('POST', path, { body, authorized: false }))

/** A file of the API, for saving; it needs the token, so a plain link cannot fetch it. */
async function file(path: string): Promise<Blob> {
  const response = await send('GET', path, { timeoutMs: 120_000 })
  if (!response.ok) throw await readError(response)
  return response.blob()
}

function upload<T>(path: string, parts: Record<string, string | Blob>, name: string) {
  const body = new FormData()
  for (const [key, value] of Object.entries(parts))
    if (typeof value === 'string') body.set(key, value)
    else body.set(key, value, name)
  return data(request<T>('POST', path, { body, timeoutMs: 180_000 }))
}

export interface PageQuery {
  limit?: number
  cursor?: string | null
}

const part = encodeURIComponent

export const api = {
  register: (b: { email: string; password: string; tenant_name: string }) =>
    open<m.Session>('/api/auth/register', b),
  login: (b: { email: string; password: string }) => open<m.Session>('/api/auth/login', b),
  refresh: (refresh_token: string) => open<m.Tokens>('/api/auth/refresh', { refresh_token }),
  logout: (refresh_token: string) => open<object>('/api/auth/logout', { refresh_token }),
  me: () => data(get<m.Me>('/api/auth/me')),

  users: () => data(get<m.User[]>('/api/users')),
  addUser: (b: { email: string; password: string; role: m.Role }) => post<m.User>('/api/users', b),
  tenant: () => data(get<m.Tenant>('/api/tenant')),
  changeTenant: (body: Partial<m.Tenant>) =>
    data(request<m.Tenant>('PATCH', '/api/tenant', { body })),

  agents: () => data(get<m.Agent[]>('/api/agents')),
  openTestCall: (agent: string) => post<m.TestCall>(`/api/agents/${part(agent)}/test-calls`),

  contacts: (q: PageQuery & { q?: string; tag?: string }, s?: AbortSignal) =>
    get<m.Contact[]>('/api/contacts', { ...q }, s),
  addContact: (b: { phone: string; name?: string; time_zone?: string }) =>
    post<m.Contact>('/api/contacts', b),
  suppressions: (q: PageQuery, s?: AbortSignal) =>
    get<m.Suppression[]>('/api/suppressions', { ...q }, s),
  eraseContact: (id: string) =>
    post<{ calls: number; parts: number }>(`/api/contacts/${part(id)}/erase`),
  suppress: (b: { phone: string; reason: string }) => post<m.Suppression>('/api/suppressions', b),
  unsuppress: (phone: string) =>
    data(request<object>('DELETE', `/api/suppressions/${part(phone)}`)),

  previewImport: (start: Blob, name: string, default_country: string) =>
    upload<m.ImportPreview>('/api/imports/preview', { default_country, file: start }, name),
  startImport: (csv: File, default_country: string, mapping: Record<string, string>) =>
    upload<{ id: string; status: m.ImportStatus }>(
      '/api/imports',
      { default_country, mapping: JSON.stringify(mapping), file: csv },
      csv.name,
    ),
  import: (id: string) => data(get<m.Import>(`/api/imports/${part(id)}`)),
  importErrors: (id: string) => file(`/api/imports/${part(id)}/errors.csv`),
  template: () => file('/api/templates/campaign.csv'),

  campaigns: (q: PageQuery, s?: AbortSignal) => get<m.Campaign[]>('/api/campaigns', { ...q }, s),
  campaign: (id: string) => get<m.Campaign>(`/api/campaigns/${part(id)}`),
  createCampaign: (plan: m.CampaignPlan) => post<m.Campaign>('/api/campaigns', plan),
  changeCampaign: (id: string, body: Partial<m.CampaignPlan>, ifMatch: string) =>
    data(request<m.Campaign>('PATCH', `/api/campaigns/${part(id)}`, { body, ifMatch })),
  campaignAction: (id: string, action: m.CampaignAction) =>
    post<{ id: string; status: m.CampaignStatus }>(`/api/campaigns/${part(id)}/${action}`),
  /** What would keep the campaign from starting well; it changes nothing. */
  checkCampaign: (id: string) => post<m.CampaignCheck>(`/api/campaigns/${part(id)}/validate`),
  progress: (id: string, s?: AbortSignal) =>
    data(get<m.Progress>(`/api/campaigns/${part(id)}/progress`, {}, s)),
  /** Plays the campaign without calling anybody. */
  simulate: (id: string) => post<m.Forecast>(`/api/campaigns/${part(id)}/simulate`),
  forecast: (id: string) => data(get<m.ForecastBeside>(`/api/campaigns/${part(id)}/forecast`)),
  campaignContacts: (id: string, q: PageQuery & { state?: string }, s?: AbortSignal) =>
    get<m.CampaignContact[]>(`/api/campaigns/${part(id)}/contacts`, { ...q }, s),
  explain: (id: string, contact: string) =>
    data(get<m.Explanation>(`/api/campaigns/${part(id)}/contacts/${part(contact)}/explain`)),

  placeCall: (b: { to: string; agent_id: string; variables?: Record<string, string> }) =>
    post<{ id: string; status: m.CallStatus }>('/api/phone/calls', b),
  calls: (q: PageQuery & m.CallFilter, s?: AbortSignal) => get<m.Call[]>('/api/calls', { ...q }, s),
  call: (id: string) => data(get<m.CallDetail>(`/api/calls/${part(id)}`)),
  callEvents: (id: string) => data(get<m.CallEvent[]>(`/api/calls/${part(id)}/events`)),
  transcript: (id: string) => data(get<m.Turn[]>(`/api/calls/${part(id)}/transcript`)),
  recording: (id: string) => data(get<m.Recording>(`/api/calls/${part(id)}/recording`)),
  transfers: (id: string) => data(get<m.Transfer[]>(`/api/calls/${part(id)}/transfers`)),
  actOnCall: (id: string, action: string, body: object) =>
    post<object>(`/api/calls/${part(id)}/actions/${action}`, body),
  hangUp: (id: string) => post<object>(`/api/calls/${part(id)}/actions/hangup`),

  balance: () => data(get<m.Balance>('/api/billing/balance')),
  ledger: (q: PageQuery, s?: AbortSignal) =>
    get<m.LedgerEntry[]>('/api/billing/ledger', { ...q }, s),
  topUp: (b: { amount_micros: number; reference: string }) => post<object>('/api/billing/topup', b),
  kpis: (from: string, to: string) => data(get<m.Kpis>('/api/analytics/kpis', { from, to })),
  wsTicket: () => post<{ ticket: string }>('/api/ws-ticket'),
}
