import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatCount, formatSpan } from '../lib/format'
import { active, addsUp, finishedRows } from '../lib/progress'
import { readProgress } from '../lib/progress_event'
import { useLive, useLiveState } from '../live'
import type { Progress } from '../model'
import { progressQuery, useMe } from '../queries'
import { Card, Chip, Note, Skeleton } from '../ui/basics'
import { ProblemNote } from '../ui/problem'
import { ProgressBar } from '../ui/progress'
import { useWord } from '../ui/status'
import { Count, Credits, useLocale, useNow } from '../ui/values'

const pollMs = { live: 4_000, alone: 1_500 }
const staleMs = 5_000

/** The numbers of a campaign: pushed by the socket, read from time to time, polled without it. */
export function useProgress(id: string) {
  const client = useQueryClient()
  const connection = useLiveState()
  useLive((events, resync) => {
    const own = events.filter((e) => e.data.campaign_id === id)
    const last = own.findLast((e) => e.type === 'campaign:progress')
    const pushed = last && readProgress(last.data)
    if (pushed)
      client.setQueryData<Progress>(['progress', id], (old) => (old ? { ...old, ...pushed } : old))
    else if (resync || own.length > 0)
      client.invalidateQueries({ queryKey: ['progress', id] }, { cancelRefetch: false })
  })
  return useQuery({
    ...progressQuery(id),
    refetchInterval: ({ state }) => {
      if (state.data && !active(state.data.status)) return false
      return connection === 'live' ? pollMs.live : pollMs.alone
    },
  })
}

/** Says so when what is shown is older than five seconds while it should move. */
export function StaleBadge({ query }: { query: UseQueryResult<Progress, Error> }) {
  const { t } = useTranslation()
  const moving = query.data !== undefined && active(query.data.status)
  const now = useNow(moving)
  if (!moving || !query.dataUpdatedAt) return null
  const age = now - query.dataUpdatedAt
  if (age <= staleMs) return null
  return <Chip tone="warn">{t('campaign.stale', { seconds: Math.floor(age / 1000) })}</Chip>
}

const outcomeHelp = new Set(['busy', 'no_answer', 'voicemail', 'failed', 'lost'])

function Outcomes({ outcomes }: { outcomes: Record<string, number> }) {
  const { t } = useTranslation()
  const word = useWord()
  const rows = Object.entries(outcomes)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
  const most = Math.max(1, ...rows.map(([, count]) => count))
  if (rows.length === 0) return <p className="text-soft">{t('campaign.no_outcomes')}</p>
  return (
    <ul className="space-y-3">
      {rows.map(([outcome, count]) => (
        <li key={outcome}>
          <div className="flex justify-between gap-3 text-sm">
            <span className="font-medium">{word('outcome', outcome)}</span>
            <Count value={count} />
          </div>
          <div className="mt-1 h-1.5 rounded-full bg-sunken">
            <div
              className={`h-full rounded-full ${outcome === 'completed' ? 'bg-bar-done' : 'bg-bar-wait'}`}
              style={{ width: `${(count / most) * 100}%` }}
            />
          </div>
          {outcomeHelp.has(outcome) && (
            <p className="mt-1 text-xs text-soft">{t(`outcome_help.${outcome}`)}</p>
          )}
        </li>
      ))}
    </ul>
  )
}

function Pace({ progress }: { progress: Progress }) {
  const { t } = useTranslation()
  const word = useWord()
  const locale = useLocale()
  const { tenant } = useMe()
  const items = [
    [t('campaign.live'), `${progress.live} / ${tenant.concurrent_calls_max}`],
    [t('campaign.attempts'), <Count value={progress.attempts} />],
    [t('campaign.charged'), <Credits micros={progress.charged_micros} />],
    [t('campaign.eta'), progress.eta_s === null ? '–' : formatSpan(progress.eta_s, locale)],
  ] as const
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
        {items.map(([name, value]) => (
          <div key={name}>
            <dt className="text-sm text-soft">{name}</dt>
            <dd className="number text-xl font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      {progress.waiting_for && progress.status === 'running' && (
        <div className="mt-4">
          <Note icon="clock">
            {t('campaign.waiting')} {word('waiting', progress.waiting_for)}
          </Note>
        </div>
      )}
    </>
  )
}

export function RunPanel({ query }: { query: UseQueryResult<Progress, Error> }) {
  const { t } = useTranslation()
  const word = useWord()
  const locale = useLocale()
  const p = query.data
  if (!p)
    return query.error ? (
      <ProblemNote error={query.error} onRetry={() => query.refetch()} />
    ) : (
      <Skeleton rows={6} />
    )
  return (
    <div className="space-y-4">
      {query.error && <ProblemNote error={query.error} onRetry={() => query.refetch()} />}
      {p.status_reason && (
        <Note tone={p.status === 'paused' ? 'warn' : 'info'}>
          {word('status_reason', p.status_reason)}
        </Note>
      )}
      {p.status === 'paused' && p.live > 0 && (
        <Note icon="pause">{t('campaign.paused_live', { count: p.live })}</Note>
      )}
      <Card
        title={
          <span aria-live="polite" data-testid="rows-finished">
            {t('campaign.finished_of', {
              done: formatCount(finishedRows(p.counts), locale),
              rows: formatCount(p.rows, locale),
            })}
          </span>
        }
      >
        <ProgressBar counts={p.counts} legend />
        {!addsUp(p) && (
          <div className="mt-3">
            <Note tone="bad">{t('campaign.not_adding_up')}</Note>
          </div>
        )}
      </Card>
      <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
        <Card title={t('campaign.pace')}>
          <Pace progress={p} />
        </Card>
        <Card title={t('campaign.outcomes')}>
          <Outcomes outcomes={p.outcomes} />
        </Card>
      </div>
    </div>
  )
}
