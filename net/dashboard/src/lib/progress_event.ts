import type { Progress } from '../model'
import { rowStates } from './progress'

/** The progress inside a pushed event; null when it holds no full set of counts. */
export function readProgress(data: Record<string, unknown>): Partial<Progress> | null {
  const source = (data.progress ?? data) as Partial<Progress>
  const counts = source.counts as Record<string, unknown> | undefined
  if (!counts || !rowStates.every((state) => typeof counts[state] === 'number')) return null
  const known: (keyof Progress)[] = [
    'status',
    'status_reason',
    'rows',
    'counts',
    'outcomes',
    'live',
    'eta_s',
    'waiting_for',
    'charged_micros',
    'attempts',
  ]
  return Object.fromEntries(
    known.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]),
  )
}
