/** Values as people read them: in the tenant's zone, grouped, with the exact form on hover. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  formatCount,
  formatCredits,
  formatDuration,
  formatPhone,
  formatRelative,
  formatTime,
  localeOf,
} from '../lib/format'
import { useMe } from '../queries'

export function useLocale(): string {
  return localeOf(useTranslation().i18n.language)
}

export const Phone = ({ value }: { value: string }) => (
  <span className="number whitespace-nowrap">{formatPhone(value)}</span>
)

export function Count({ value }: { value: number }) {
  return <span className="number">{formatCount(value, useLocale())}</span>
}

export function Credits({ micros, sign = false }: { micros: number; sign?: boolean }) {
  const text = formatCredits(micros, useLocale())
  return (
    <span className="number" title={String(micros / 1_000_000)}>
      {sign && micros > 0 ? `+${text}` : text}
    </span>
  )
}

export function When({ at, empty = '–' }: { at: string | null | undefined; empty?: string }) {
  const locale = useLocale()
  const { tenant } = useMe()
  if (!at) return <span className="text-soft">{empty}</span>
  const now = new Date()
  return (
    <time
      dateTime={at}
      title={`${formatRelative(at, locale, now)} · ${at} · ${tenant.time_zone}`}
      className="number whitespace-nowrap"
    >
      {formatTime(at, tenant.time_zone, locale, now)}
    </time>
  )
}

/** Seconds since the epoch, moving while `running`. */
export function useNow(running: boolean, everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now())
    }, everyMs)
    return () => clearInterval(timer)
  }, [running, everyMs])
  return now
}

/** A length that is known, or a clock that runs while the call does. */
export function CallLength({
  seconds,
  since,
  live,
}: {
  seconds: number | null
  since: string | null
  live: boolean
}) {
  const now = useNow(live)
  const value = live && since ? (now - new Date(since).getTime()) / 1000 : seconds
  if (value === null || Number.isNaN(value)) return <span className="text-soft">–</span>
  return <span className="number">{formatDuration(value)}</span>
}
