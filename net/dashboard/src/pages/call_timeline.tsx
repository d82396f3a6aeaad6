import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import type { CallEvent } from '../model'
import { Skeleton } from '../ui/basics'
import { ProblemNote } from '../ui/problem'
import { useWord } from '../ui/status'
import { When } from '../ui/values'

/** Milliseconds since the event before, as +1.2 s. */
function since(events: CallEvent[], i: number): string {
  const before = events[i - 1]
  if (!before) return ''
  const ms = Date.parse(events[i]!.at) - Date.parse(before.at)
  return ms < 1_000 ? `+${Math.max(0, ms)} ms` : `+${(ms / 1_000).toFixed(1)} s`
}

function detailText(detail: CallEvent['detail']): string {
  return Object.entries(detail ?? {})
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' · ')
}

export function Timeline({ id, live }: { id: string; live: boolean }) {
  const { t } = useTranslation()
  const word = useWord()
  const query = useQuery({
    queryKey: ['call', id, 'events'],
    queryFn: () => api.callEvents(id),
    refetchInterval: live ? 3_000 : false,
  })
  if (query.isPending) return <Skeleton />
  if (query.error) return <ProblemNote error={query.error} onRetry={() => query.refetch()} />
  const events = query.data
  if (events.length === 0) return <p className="text-soft">{t('call.no_events')}</p>
  return (
    <ol className="space-y-3 border-l-2 border-line pl-4">
      {events.map((event, i) => (
        <li key={`${event.at}-${i}`} className="relative text-sm">
          <span
            aria-hidden="true"
            className="absolute top-1.5 -left-[1.4rem] size-2.5 rounded-full border-2 border-surface bg-accent"
          />
          <p className="flex flex-wrap justify-between gap-x-3">
            <span className="font-medium first-letter:uppercase">{word('event', event.kind)}</span>
            <span className="text-soft">
              <span className="number mr-2 text-xs">{since(events, i)}</span>
              <When at={event.at} />
            </span>
          </p>
          <p className="text-xs break-words text-soft">{detailText(event.detail)}</p>
        </li>
      ))}
    </ol>
  )
}
