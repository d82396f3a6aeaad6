/** A prediction beside what happened. */
import type { Forecast, ForecastBeside } from '../model'

export type Measure = 'takes' | 'calls' | 'answered' | 'talked' | 'cost' | 'reached' | 'exhausted'

export interface Comparison {
  measure: Measure
  predicted: number | null
  happened: number | null
  /** How much more happened than was predicted, as a share of it; null while it goes on. */
  off: number | null
}

const seconds = (from: string | null, to: string | null) =>
  from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null

/** Differences are told once the campaign is over; until then the numbers still grow. */
export function compare({ predicted, happened }: ForecastBeside): Comparison[] {
  if (!predicted) return []
  const over = happened.ended_at !== null
  const pairs: [Measure, number | null, number | null][] = [
    ['takes', predicted.duration_s.p50, seconds(predicted.starts_at, happened.ended_at)],
    ['calls', predicted.calls.p50, happened.calls],
    ['answered', predicted.answered.p50, happened.answered],
    ['talked', predicted.talked_s.p50, happened.talked_s],
    ['cost', predicted.charged_micros.p50, happened.charged_micros],
    ['reached', predicted.rows.reached.p50, happened.reached],
    ['exhausted', predicted.rows.exhausted.p50, happened.exhausted],
  ]
  return pairs.map(([measure, expected, actual]) => ({
    measure,
    predicted: expected,
    happened: actual,
    off: over && expected && actual !== null ? actual / expected - 1 : null,
  }))
}

/** Mean and most lines of a campaign's course. */
export function lineUse({ lines }: Forecast): { mean: number; most: number } {
  const sum = lines.use.reduce((all, step) => all + step.mean, 0)
  return {
    mean: lines.use.length ? sum / lines.use.length : 0,
    most: Math.max(0, ...lines.use.map((step) => step.most)),
  }
}

/** The warning that a forecast asks for, if any. */
export function warning(forecast: Forecast): 'no_credit' | 'failure_rate' | 'too_long' | null {
  if (!forecast.credit.suffices) return 'no_credit'
  if (forecast.ends_as === 'failure_rate' || forecast.ends_as === 'too_long')
    return forecast.ends_as
  return null
}
