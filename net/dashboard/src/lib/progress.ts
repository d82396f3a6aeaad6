/** What a campaign's numbers add up to. */
import type { ImportCounts, Progress, ProgressCounts } from '../model'

/** The order in which the progress bar shows the states of rows. */
export const rowStates = [
  'done',
  'exhausted',
  'no_credit',
  'suppressed',
  'cancelled',
  'dialing',
  'waiting_retry',
  'pending',
] as const satisfies readonly (keyof ProgressCounts)[]

export type RowState = (typeof rowStates)[number]

const finalStates: readonly RowState[] = [
  'done',
  'exhausted',
  'no_credit',
  'suppressed',
  'cancelled',
]

export interface Segment {
  state: RowState
  count: number
  /** Part of all rows, 0..1. */
  share: number
}

export const countOf = (counts: Partial<ProgressCounts>, state: RowState) => counts[state] ?? 0

export function sumCounts(counts: Partial<ProgressCounts>): number {
  return rowStates.reduce((sum, state) => sum + countOf(counts, state), 0)
}

/** One part of the bar for each state that has rows. Nothing for a campaign without rows. */
export function segments(counts: Partial<ProgressCounts>): Segment[] {
  const rows = sumCounts(counts)
  return rowStates
    .map((state) => ({ state, count: countOf(counts, state) }))
    .filter((s) => s.count > 0)
    .map((s) => ({ ...s, share: s.count / rows }))
}

/** Rows that need nothing more. */
export function finishedRows(counts: Partial<ProgressCounts>): number {
  return finalStates.reduce((sum, state) => sum + countOf(counts, state), 0)
}

/** 0..1; it reaches 1 only when every row is finished. */
export function finishedShare(counts: Partial<ProgressCounts>): number {
  const rows = sumCounts(counts)
  return rows ? finishedRows(counts) / rows : 0
}

/** Whether the states add up to the rows, as the server promises. */
export const addsUp = (p: Pick<Progress, 'rows' | 'counts'>) => sumCounts(p.counts) === p.rows

export const active = (status: string) => status === 'running' || status === 'paused'

export const importSum = (c: ImportCounts) =>
  c.imported + c.updated + c.duplicate_in_file + c.duplicate_in_system + c.suppressed + c.invalid

/** Rows of the file that a campaign on it will dial. */
export const dialable = (c: ImportCounts) => c.imported + c.updated + c.duplicate_in_system

/** Calls if every contact needs every attempt. */
export const worstCaseCalls = (contacts: number, maxAttempts: number) => contacts * maxAttempts
