import { expect, test } from 'vitest'
import {
  formatCredits,
  formatDuration,
  formatPhone,
  formatSpan,
  formatTime,
  startOfDay,
} from '../src/lib/format'

test('groups an Indian number by five', () => {
  expect(formatPhone('+919876543210')).toBe('+91 98765 43210')
})

test('groups numbers of other countries, known plan or not', () => {
  expect(formatPhone('+14155550123')).toBe('+1 415 555 0123')
  expect(formatPhone('+971501234567')).toBe('+971 50 123 4567')
  expect(formatPhone('+35312345678')).toBe('+353 123 45678')
})

test('leaves alone what is not a number', () => {
  expect(formatPhone('anonymous')).toBe('anonymous')
  expect(formatPhone('9876543210')).toBe('9876543210')
})

test('shows millionths as credits in lakh grouping and keeps tiny amounts visible', () => {
  expect(formatCredits(1_234_567_890_000, 'en-IN')).toBe('12,34,567.89')
  expect(formatCredits(0, 'en-IN')).toBe('0.00')
  expect(formatCredits(1_500, 'en-IN')).toBe('0.0015')
  expect(formatCredits(-350_000, 'en-IN')).toBe('-0.35')
})

test('shows lengths of calls as clocks', () => {
  expect(formatDuration(7.4)).toBe('0:07')
  expect(formatDuration(750)).toBe('12:30')
  expect(formatDuration(3723)).toBe('1:02:03')
})

test('says a span in its two largest units', () => {
  expect(formatSpan(45, 'en')).toBe('45 sec')
  expect(formatSpan(90, 'en')).toBe('1 min 30 sec')
  expect(formatSpan(7_205, 'en')).toBe('2 hr')
  expect(formatSpan(0, 'en')).toBe('0 sec')
})

test('shows times in the tenant’s zone, and the date only for other days', () => {
  const now = new Date('2026-11-21T10:00:00Z')
  expect(formatTime('2026-11-21T06:30:05Z', 'Asia/Kolkata', 'en-GB', now)).toBe('12:00:05')
  // 19:00 UTC of the 20th is already the 21st in India.
  expect(formatTime('2026-11-20T19:00:00Z', 'Asia/Kolkata', 'en-GB', now)).toBe('0:30:00')
  expect(formatTime('2026-11-20T19:00:00Z', 'UTC', 'en-GB', now)).toBe('20 Nov, 19:00')
  expect(formatTime('2026-11-21T06:30:05Z', 'Mars/Base', 'en-GB', now)).toBe('6:30:05')
})

test('finds midnight in the zone, also on the day the clocks change', () => {
  const day = (now: string, zone: string) => startOfDay(new Date(now), zone).toISOString()
  expect(day('2026-11-21T20:00:00Z', 'Asia/Kolkata')).toBe('2026-11-21T18:30:00.000Z')
  expect(day('2026-11-21T10:00:00.250Z', 'UTC')).toBe('2026-11-21T00:00:00.000Z')
  expect(day('2026-03-29T12:00:00Z', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z')
})
