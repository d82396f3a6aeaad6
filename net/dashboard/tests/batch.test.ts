import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { batcher } from '../src/lib/batch'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('hands over at most four times a second, in order, losing nothing', () => {
  const deliver = vi.fn()
  const batch = batcher<number>(250, 500, deliver)
  for (let i = 0; i < 100; i++) {
    batch.add(i)
    vi.advanceTimersByTime(10)
  }
  vi.advanceTimersByTime(250)
  expect(deliver.mock.calls.length).toBeLessThanOrEqual(5)
  expect(deliver.mock.calls.flatMap(([items]) => items)).toEqual(
    Array.from({ length: 100 }, (_, i) => i),
  )
})

test('keeps a bounded number and says that some were dropped', () => {
  const deliver = vi.fn()
  const batch = batcher<number>(250, 3, deliver)
  for (let i = 0; i < 5; i++) batch.add(i)
  vi.advanceTimersByTime(250)
  expect(deliver).toHaveBeenCalledExactlyOnceWith([0, 1, 2], true)
})

test('delivers nothing after it was cleared', () => {
  const deliver = vi.fn()
  const batch = batcher<number>(250, 3, deliver)
  batch.add(1)
  batch.clear()
  vi.advanceTimersByTime(1_000)
  expect(deliver).not.toHaveBeenCalled()
})
