/** How values look on screen. Pure; locale and zone are passed in. */

export const locales: Record<string, string> = { en: 'en-IN', hi: 'hi-IN-u-nu-latn' }
export const localeOf = (language: string) => locales[language.slice(0, 2)] ?? 'en-IN'

const callingCodes2 = new Set(
  ('20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 ' +
    '64 65 66 81 82 84 86 90 91 92 93 94 95 98').split(' '),
)

/** Sizes of the groups after the calling code, for the countries people here call most. */
const groups: Record<string, number[]> = {
  '91': [5, 5],
  '1': [3, 3, 4],
  '44': [4, 6],
  '65': [4, 4],
  '971': [2, 3, 4],
  '61': [3, 3, 3],
}

function callingCode(digits: string): string {
  if (digits.startsWith('1') || digits.startsWith('7')) return digits.slice(0, 1)
  return callingCodes2.has(digits.slice(0, 2)) ? digits.slice(0, 2) : digits.slice(0, 3)
}

function grouped(digits: string, sizes: number[]): string {
  if (sizes.reduce((a, b) => a + b, 0) === digits.length) {
    let at = 0
    return sizes.map((size) => digits.slice(at, (at += size))).join(' ')
  }
  // Threes, and what is left over joins the last group: 12345678 → 123 45678.
  const parts: string[] = digits.match(/.{1,3}/g) ?? []
  if (parts.length > 1 && parts.at(-1)!.length < 3) parts.push(parts.splice(-2).join(''))
  return parts.join(' ')
}

/** `+919876543210` → `+91 98765 43210`; what is not E.164 stays as it is. */
export function formatPhone(e164: string): string {
  if (!/^\+\d{7,15}$/.test(e164)) return e164
  const digits = e164.slice(1)
  const code = callingCode(digits)
  return `+${code} ${grouped(digits.slice(code.length), groups[code] ?? [])}`
}

/** Millionths of a credit → credits; amounts below a hundredth keep the digits that matter. */
export function formatCredits(micros: number, locale: string): string {
  const credits = micros / 1_000_000
  const digits = credits !== 0 && Math.abs(credits) < 0.01 ? 6 : 2
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(credits)
}

export function formatCount(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value)
}

/** 0.4312 → 43%. */
export function formatShare(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

/** Seconds → 0:07, 12:30, 1:02:03. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(s / 3600)
  const minutes = Math.floor((s % 3600) / 60)
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`
}

/** Seconds in words, one or two units: 90 → "1 min 30 sec", 7300 → "2 hr 1 min". */
export function formatSpan(seconds: number, locale: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  const s = Math.max(0, Math.round(seconds))
  const steps: [number, string][] = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ]
  const first = steps.findIndex(([size]) => s >= size)
  if (first < 0) return unit(0, 'second')
  const [size, name] = steps[first]!
  const rest = s % size
  const next = steps[first + 1]
  const text = unit(Math.floor(s / size), name)
  return next && rest >= next[0] ? `${text} ${unit(Math.floor(rest / next[0]), next[1])}` : text
}

const dates = new Map<string, Intl.DateTimeFormat>()

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let format = dates.get(key)
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(locale, options)))
  return format
}

/** A UTC time in the tenant's zone, today without its date. An unknown zone falls back to UTC. */
export function formatTime(iso: string, zone: string, locale: string, now: Date): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const timeZone = knownZone(zone)
  const day = dateFormat(locale, { timeZone, dateStyle: 'medium' })
  const time: Intl.DateTimeFormatOptions = { timeZone, hour: 'numeric', minute: '2-digit' }
  if (day.format(at) === day.format(now))
    return dateFormat(locale, { ...time, second: '2-digit' }).format(at)
  const sameYear = at.getUTCFullYear() === now.getUTCFullYear()
  return dateFormat(locale, {
    ...time,
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at)
}

/** "3 minutes ago", "in 2 hours". */
export function formatRelative(iso: string, locale: string, now: Date): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000)
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const size = Math.abs(seconds)
  if (size < 60) return words.format(seconds, 'second')
  if (size < 3600) return words.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return words.format(Math.round(seconds / 3600), 'hour')
  return words.format(Math.round(seconds / 86_400), 'day')
}

export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    return 'UTC'
  }
}

/** Milliseconds by which the zone is ahead of UTC at that time. */
function zoneOffsetMs(at: Date, zone: string): number {
  const parts = dateFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const of = (type: string) => Number(parts.find((p) => p.type === type)?.value)
  const local = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  )
  return local - Math.floor(at.getTime() / 1000) * 1000
}

/** When today began in the zone, as UTC. */
export function startOfDay(now: Date, zone: string): Date {
  const known = knownZone(zone)
  const local = new Date(now.getTime() + zoneOffsetMs(now, known))
  const midnight = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate())
  // The offset at midnight differs from the offset now on the days the clocks change.
  const guess = new Date(midnight - zoneOffsetMs(now, known))
  return new Date(midnight - zoneOffsetMs(guess, known))
}
