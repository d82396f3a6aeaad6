import { expect, test } from 'vitest'
import { compare, lineUse, warning } from '../src/lib/forecast'
import type { Forecast, ForecastBeside } from '../src/model'

const range = (p50: number) => ({ p50, p90: p50 * 1.2 })

const predicted: Forecast = {
  made_at: '2026-11-21T10:00:00.000Z',
  starts_at: '2026-11-21T10:00:00.000Z',
  ends_at: { p50: '2026-11-21T11:00:00.000Z', p90: null },
  duration_s: { p50: 3600, p90: null },
  ends_as: 'completed',
  calls: range(200),
  answered: range(80),
  talked_s: range(4000),
  charged_micros: range(1_000_000),
  credit: { balance_micros: 5e6, suffices: true, runs_out_at: null, needed_micros: range(1e6) },
  rows: {
    to_call: 100,
    reached: range(80),
    exhausted: range(20),
    left: range(0),
    skipped: [],
    waiting: [],
  },
  limited_by: [],
  lines: {
    campaign: 10,
    account: 10,
    step_s: 60,
    use: [
      { mean: 9, most: 10 },
      { mean: 3, most: 7 },
    ],
  },
  assumptions: { source: 'assumed', calls: 0, talk_s: 60, outcomes: { completed: 0.24 } },
  runs: 10,
}

const happened: ForecastBeside['happened'] = {
  status: 'running',
  started_at: '2026-11-21T09:59:59.000Z',
  ended_at: null,
  calls: 150,
  answered: 60,
  talked_s: 3000,
  charged_micros: 900_000,
  reached: 60,
  exhausted: 0,
  left: 40,
}

const of = (beside: ForecastBeside, measure: string) =>
  compare(beside).find((each) => each.measure === measure)

test('differences are told when the campaign is over', () => {
  const running = { made_at: predicted.made_at, predicted, happened }
  expect(of(running, 'cost')).toMatchObject({ happened: 900_000, off: null })
  expect(of(running, 'takes')).toMatchObject({ predicted: 3600, happened: null, off: null })
  const over = { ...running, happened: { ...happened, ended_at: '2026-11-21T11:12:00.000Z' } }
  expect(of(over, 'takes')?.off).toBeCloseTo(0.2)
  expect(of(over, 'cost')?.off).toBeCloseTo(-0.1)
  expect(of(over, 'exhausted')?.off).toBe(-1)
})

test('what has no end has no difference', () => {
  const endless = { ...predicted, duration_s: { p50: null, p90: null }, exhausted: range(0) }
  const over = { ...happened, ended_at: '2026-11-21T11:00:00.000Z' }
  const beside = { made_at: predicted.made_at, predicted: endless, happened: over }
  expect(of(beside, 'takes')?.off).toBeNull()
  expect(compare({ made_at: null, predicted: null, happened })).toEqual([])
})

test('lines are those of the whole course', () => {
  expect(lineUse(predicted)).toEqual({ mean: 6, most: 10 })
  expect(lineUse({ ...predicted, lines: { ...predicted.lines, use: [] } })).toEqual({
    mean: 0,
    most: 0,
  })
})

test('warns of what would stop it, credit first', () => {
  expect(warning(predicted)).toBeNull()
  expect(warning({ ...predicted, ends_as: 'too_long' })).toBe('too_long')
  const poor = { ...predicted.credit, suffices: false }
  expect(warning({ ...predicted, ends_as: 'too_long', credit: poor })).toBe('no_credit')
})
