import { expect, test } from 'vitest'
import type { ProgressCounts } from '../src/model'
import {
  addsUp,
  dialable,
  finishedRows,
  finishedShare,
  importSum,
  segments,
  worstCaseCalls,
} from '../src/lib/progress'
import { readProgress } from '../src/lib/progress_event'

const counts: ProgressCounts = {
  pending: 50,
  waiting_retry: 10,
  dialing: 3,
  done: 30,
  exhausted: 4,
  suppressed: 2,
  no_credit: 1,
  cancelled: 0,
}

test('the parts of the bar add up to the whole and leave out empty states', () => {
  const parts = segments(counts)
  expect(parts.reduce((sum, p) => sum + p.count, 0)).toBe(100)
  expect(parts.reduce((sum, p) => sum + p.share, 0)).toBeCloseTo(1)
  expect(parts.some((p) => p.state === 'cancelled')).toBe(false)
})

test('a campaign without rows has an empty bar and is not finished', () => {
  expect(segments({})).toEqual([])
  expect(finishedShare({})).toBe(0)
})

test('finished are the rows that need nothing more', () => {
  expect(finishedRows(counts)).toBe(37)
  expect(finishedShare({ done: 999, dialing: 1 })).toBeLessThan(1)
})

test('notices counts that do not add up to the rows', () => {
  expect(addsUp({ rows: 100, counts })).toBe(true)
  expect(addsUp({ rows: 101, counts })).toBe(false)
})

test('an import dials what was loaded, and its counts add up', () => {
  const found = {
    imported: 5,
    updated: 2,
    duplicate_in_file: 1,
    duplicate_in_system: 3,
    suppressed: 1,
    invalid: 4,
  }
  expect(importSum(found)).toBe(16)
  expect(dialable(found)).toBe(10)
  expect(worstCaseCalls(dialable(found), 3)).toBe(30)
})

test('takes progress out of an event only when every state is counted', () => {
  expect(readProgress({ campaign_id: 'cmp_1', counts, live: 3 })).toEqual({ counts, live: 3 })
  expect(readProgress({ progress: { counts, status: 'running' } })).toEqual({
    counts,
    status: 'running',
  })
  expect(readProgress({ counts: { done: 1 } })).toBeNull()
  expect(readProgress({ campaign_id: 'cmp_1' })).toBeNull()
})
