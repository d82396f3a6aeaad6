/** What the API speaks. Names are the wire's (snake_case); money in millionths of a credit. */

export interface FieldError {
  field: string
  message: string
}

export interface Pagination {
  next_cursor: string | null
  has_more: boolean
}

export interface Envelope {
  success: boolean
  data: unknown
  error: null | {
    code: string
    message: string
    field_errors?: FieldError[]
    retry_after?: number
  }
  pagination?: Pagination
  correlation_id: string
}

export type Role = 'owner' | 'admin' | 'operator' | 'viewer'

export interface User {
  id: string
  email: string
  role: Role
  tenant_id?: string
  created_at?: string
}

export interface Tenant {
  id: string
  name: string
  concurrent_calls_max: number
  /** IANA name; every time on screen is shown in this zone. */
  time_zone: string
  default_country?: string
  daily_cap_per_contact?: number
  contact_gap_s?: number
}

export interface Tokens {
  token: string
  refresh_token: string
}

export interface Me {
  user: User
  tenant: Tenant
}

export type Session = Tokens & Me

export interface Agent {
  id: string
  name: string
  sector: string
  kind: string
  languages: string[]
  enabled: boolean
  version: number
  /** Variables that the agent's prompt uses. */
  variables: (string | { name: string; required?: boolean })[]
}

/** A call that this browser may join. */
export interface TestCall {
  id: string
  /** Of its socket, at this site. */
  path: string
  brain: string
  language: string
  /** Who hears the caller: a speech model, the agent's own words as a grammar, or the browser. */
  recogniser: 'model' | 'grammar' | 'browser'
  price_per_minute_micros: number
}

export interface Contact {
  id: string
  phone: string
  name: string | null
  tags: string[]
  status: string | null
  time_zone: string | null
  variables: Record<string, unknown>
  last_called_at: string | null
  created_at: string
  suppressed: boolean
}

export interface Suppression {
  phone: string
  reason: string
  created_at?: string
}

export type ImportStatus = 'processing' | 'completed' | 'failed'

export interface ImportCounts {
  imported: number
  updated: number
  duplicate_in_file: number
  duplicate_in_system: number
  suppressed: number
  invalid: number
}

export interface ImportPreview {
  columns: string[]
  delimiter: string
  encoding: string
  /** Field → column, as the server guesses it from the headers. */
  mapping: Record<string, string>
  sample: string[][]
  variables: string[]
}

export interface Import {
  id: string
  file_name: string
  status: ImportStatus
  rows: number
  counts: ImportCounts
  error: null | { code: string; message: string }
  columns: string[]
  mapping: Record<string, string>
  sample: string[][]
  created_at: string
  completed_at: string | null
}

export interface RetryPlan {
  max_attempts: number
  busy_delay_s: number
  no_answer_delay_s: number
  voicemail_delay_s: number
  failed_delay_s: number
  /** Whether a call whose fate stayed unknown may be tried again. */
  retry_lost: boolean
}

export interface CallingWindow {
  from: string
  to: string
  /** ISO week days, 1 = Monday. */
  days: number[]
}

export interface CampaignPlan {
  name: string
  agent_id: string
  import_id: string
  retry: RetryPlan
  /** null = any hour. */
  calling_window: CallingWindow | null
  concurrency: number
}

export type CampaignStatus = 'draft' | 'running' | 'paused' | 'completed' | 'stopped'
export type CampaignAction = 'start' | 'pause' | 'resume' | 'stop' | 'redial'

export interface Campaign extends Partial<CampaignPlan> {
  id: string
  name: string
  status: CampaignStatus
  agent_id: string
  agent_version?: number
  import_id: string
  concurrency: number
  created_at: string
  started_at: string | null
  finished_at: string | null
  status_reason: string | null
  counts?: Partial<ProgressCounts>
}

export interface CampaignCheck {
  ok: boolean
  rows: number
  dialable: number
  problems: { code: string; text: string }[]
}

export interface ProgressCounts {
  pending: number
  waiting_retry: number
  dialing: number
  done: number
  exhausted: number
  suppressed: number
  no_credit: number
  cancelled: number
}

export interface Progress {
  status: CampaignStatus
  status_reason: string | null
  rows: number
  counts: ProgressCounts
  outcomes: Record<string, number>
  live: number
  eta_s: number | null
  waiting_for: string | null
  charged_micros: number
  attempts: number
}

/** p50: the middle one of the courses played; p90: nine of ten do not pass it. */
export interface ForecastRange {
  p50: number
  p90: number
}

export interface RowsByReason {
  reason: string
  rows: number
}

export interface Forecast {
  made_at: string
  starts_at: string
  /** null: not within 31 days. */
  ends_at: { p50: string | null; p90: string | null }
  duration_s: { p50: number | null; p90: number | null }
  ends_as: string
  calls: ForecastRange
  answered: ForecastRange
  talked_s: ForecastRange
  charged_micros: ForecastRange
  credit: {
    balance_micros: number
    suffices: boolean
    runs_out_at: string | null
    needed_micros: ForecastRange
  }
  rows: {
    to_call: number
    reached: ForecastRange
    exhausted: ForecastRange
    left: ForecastRange
    skipped: RowsByReason[]
    waiting: RowsByReason[]
  }
  limited_by: { what: string; share: number }[]
  lines: {
    campaign: number
    account: number
    step_s: number
    use: { mean: number; most: number }[]
  }
  assumptions: {
    source: 'agent' | 'sector' | 'assumed'
    calls: number
    talk_s: number
    outcomes: Record<string, number>
  }
  runs: number
}

/** What was predicted when the campaign started, beside what happened. */
export interface ForecastBeside {
  made_at: string | null
  predicted: Forecast | null
  happened: {
    status: CampaignStatus
    started_at: string | null
    ended_at: string | null
    calls: number
    answered: number
    talked_s: number
    charged_micros: number
    reached: number
    exhausted: number
    left: number
  }
}

export interface CampaignContact {
  contact_id: string
  phone: string
  name: string | null
  state: string
  attempts: number
  last_outcome: string | null
  next_at: string | null
  reason: string | null
}

export interface Explanation {
  state: string
  reasons: { code: string; text: string; until: string | null }[]
}

export type CallStatus =
  | 'queued'
  | 'dialing'
  | 'ringing'
  | 'in_progress'
  | 'completed'
  | 'busy'
  | 'no_answer'
  | 'failed'
  | 'canceled'
  | 'voicemail'
  | 'lost'

export interface CallFilter {
  campaign_id?: string
  status?: string
  direction?: string
}

export interface Call {
  id: string
  direction: 'inbound' | 'outbound'
  status: CallStatus
  outcome: string | null
  from: string
  to: string
  contact_id: string | null
  contact_name: string | null
  campaign_id: string | null
  agent_id: string | null
  agent_name: string | null
  started_at: string | null
  answered_at: string | null
  ended_at: string | null
  duration_s: number | null
  charged_micros: number
  end_reason: string | null
  sentiment: string | null
  grade: string | null
  created_at: string
}

export interface CallDetail extends Call {
  provider?: string
  provider_call_id?: string | null
  attempt_no?: number
  node?: string | null
  analytics: null | {
    sentiment: string | null
    outcome: string | null
    summary: string | null
    extracted: Record<string, unknown> | null
    grade: string | null
    status: string
  }
  /** Nodes of an older build do not tell. */
  slots?: CapturedSlot[]
}

/** What the caller told for a slot of the agent. */
export interface CapturedSlot {
  name: string
  kind: string
  value: string | null
  confirmed: boolean
  asks: number
}

export interface CallEvent {
  at: string
  kind: string
  detail: Record<string, unknown> | null
}

/** A call has a part for each time its audio was connected. */
export interface RecordingPart {
  part: number
  state: 'recording' | 'storing' | 'ready' | 'failed' | 'erasing' | 'erased'
  ms: number | null
  bytes: number | null
  error: string | null
  /** Base64: a byte for each of 1,000 stretches, first the caller's, then the agent's. */
  peaks: string | null
  created_at: string
  /** Good for a few minutes; null when it cannot be played here. */
  url: string | null
  /** The node that has the audio, when this one has not. */
  node: string | null
}

export interface Recording {
  call_id: string
  parts: RecordingPart[]
}

export type TransferMode = 'warm' | 'blind' | 'refer'

export interface Transfer {
  number: number
  mode: TransferMode
  destination: string
  name: string
  state: string
  reason: string | null
  changed_at: string
}

export interface Turn {
  seq: number
  role: 'agent' | 'caller' | 'tool'
  text: string
  at: string
  language: string | null
}

export interface Balance {
  balance_micros: number
  held_micros: number
}

export interface LedgerEntry {
  key: string
  kind: 'topup' | 'hold' | 'charge' | 'release' | 'adjust'
  amount_micros: number
  ref: string | null
  at: string
}

export interface Kpis {
  calls: number
  answered: number
  answer_rate: number
  avg_duration_s: number | null
  charged_micros: number
  by_outcome: Record<string, number>
  by_sentiment: Record<string, number>
  by_grade: Record<string, number>
  appointments: number
}

/** What WS /ws pushes. */
export interface LiveEvent {
  type: string
  at: string
  seq: number
  data: Record<string, unknown>
}
