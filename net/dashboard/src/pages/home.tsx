import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { formatDuration, formatShare, startOfDay } from '../lib/format'
import { can } from '../lib/roles'
import { useLive, useLiveState } from '../live'
import type { Call, Campaign } from '../model'
import { useMe } from '../queries'
import { buttonClass, Card, Chip, Empty, PageHeader, Skeleton } from '../ui/basics'
import { Icon } from '../ui/icons'
import { ProblemNote } from '../ui/problem'
import { ProgressBar } from '../ui/progress'
import { StatusChip } from '../ui/status'
import { CallLength, Count, Credits, Phone, useLocale } from '../ui/values'

const liveStatuses = ['in_progress', 'ringing', 'dialing']
const liveMax = 12

function Kpi({ name, value, note }: { name: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="card p-4 last:max-lg:col-span-2">
      <p className="text-sm text-soft">{name}</p>
      <p className="number mt-1 text-2xl font-semibold tracking-tight">{value}</p>
      {note && <p className="mt-0.5 text-xs text-soft">{note}</p>}
    </div>
  )
}

function Today() {
  const { t } = useTranslation()
  const locale = useLocale()
  const { tenant } = useMe()
  const from = startOfDay(new Date(), tenant.time_zone)
  const kpis = useQuery({
    queryKey: ['kpis', from.toISOString()],
    queryFn: () => api.kpis(from.toISOString(), new Date(from.getTime() + 86_400_000).toISOString()),
    refetchInterval: 15_000,
  })
  if (kpis.isPending) return <Skeleton rows={3} />
  if (kpis.error) return <ProblemNote error={kpis.error} onRetry={() => kpis.refetch()} />
  const k = kpis.data
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-5">
      <Kpi name={t('home.calls')} value={<Count value={k.calls} />} />
      <Kpi
        name={t('home.answered')}
        value={formatShare(k.answer_rate, locale)}
        note={t('home.answered_of', { count: k.answered })}
      />
      <Kpi
        name={t('home.duration')}
        value={k.avg_duration_s === null ? '–' : formatDuration(k.avg_duration_s)}
      />
      <Kpi name={t('home.appointments')} value={<Count value={k.appointments} />} />
      <Kpi name={t('home.cost')} value={<Credits micros={k.charged_micros} />} note={t('common.credits')} />
    </div>
  )
}

function LiveCall({ call }: { call: Call }) {
  return (
    <li>
      <Link
        to="/calls/$id"
        params={{ id: call.id }}
        className="flex items-center gap-3 rounded-lg px-2 py-2 hover:bg-ground"
      >
        <StatusChip kind="call_status" value={call.status} />
        <span className="min-w-0 flex-1 truncate font-medium">
          {call.contact_name || <Phone value={call.direction === 'inbound' ? call.from : call.to} />}
        </span>
        <span className="hidden truncate text-sm text-soft sm:block">{call.agent_name}</span>
        <span className="w-12 text-right text-sm">
          <CallLength live seconds={null} since={call.answered_at} />
        </span>
      </Link>
    </li>
  )
}

function LiveStrip() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const connection = useLiveState()
  const { tenant } = useMe()
  useLive((events, resync) => {
    if (resync || events.some((e) => e.type.startsWith('call:')))
      client.invalidateQueries({ queryKey: ['live-calls'] }, { cancelRefetch: false })
  })
  const live = useQuery({
    queryKey: ['live-calls'],
    queryFn: async () => {
      const lists = await Promise.all(
        liveStatuses.map((status) => api.calls({ status, limit: liveMax })),
      )
      return lists.flatMap((list) => list.data)
    },
    refetchInterval: connection === 'live' ? 10_000 : 3_000,
  })
  const calls = live.data ?? []
  return (
    <Card
      title={t('home.live')}
      aside={
        <Chip tone={calls.length ? 'info' : 'neutral'} live={calls.length > 0}>
          {t('home.live_of', { live: calls.length, max: tenant.concurrent_calls_max })}
        </Chip>
      }
    >
      {live.error ? (
        <ProblemNote error={live.error} onRetry={() => live.refetch()} />
      ) : live.isPending ? (
        <Skeleton />
      ) : calls.length ? (
        <ul className="-mx-2 divide-y divide-line">
          {calls.slice(0, liveMax).map((call) => (
            <LiveCall key={call.id} call={call} />
          ))}
        </ul>
      ) : (
        <p className="py-6 text-center text-soft">{t('home.live_empty')}</p>
      )}
    </Card>
  )
}

function CampaignRow({ campaign }: { campaign: Campaign }) {
  return (
    <li className="py-3">
      <Link to="/campaigns/$id" params={{ id: campaign.id }} className="block">
        <span className="mb-2 flex items-center justify-between gap-3">
          <span className="truncate font-medium">{campaign.name}</span>
          <StatusChip kind="campaign_status" value={campaign.status} />
        </span>
        {campaign.counts && <ProgressBar counts={campaign.counts} />}
      </Link>
    </li>
  )
}

function FirstSteps() {
  const { t } = useTranslation()
  return (
    <Card title={t('home.first.title')}>
      <ol className="space-y-3">
        {(['one', 'two', 'three'] as const).map((step, i) => (
          <li key={step} className="flex gap-3">
            <span
              className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-semibold
                text-accent"
            >
              {i + 1}
            </span>
            <span>{t(`home.first.${step}`)}</span>
          </li>
        ))}
      </ol>
      <Link to="/campaigns/new" className={`${buttonClass('primary')} mt-4`}>
        <Icon name="plus" />
        {t('campaigns.new')}
      </Link>
    </Card>
  )
}

export function HomePage() {
  const { t } = useTranslation()
  const { user, tenant } = useMe()
  const campaigns = useQuery({
    queryKey: ['campaigns', 'recent'],
    queryFn: async () => (await api.campaigns({ limit: 5 })).data,
    refetchInterval: 10_000,
  })
  const fresh = campaigns.data?.length === 0
  return (
    <>
      <PageHeader title={t('home.title')} lead={t('home.lead', { zone: tenant.time_zone })}>
        {can(user.role, 'operator') && (
          <Link to="/campaigns/new" className={buttonClass('primary')}>
            <Icon name="plus" />
            {t('campaigns.new')}
          </Link>
        )}
      </PageHeader>
      <div className="space-y-4">
        <Today />
        <div className="grid gap-4 lg:grid-cols-2">
          <LiveStrip />
          {fresh && can(user.role, 'operator') ? (
            <FirstSteps />
          ) : (
            <Card
              title={t('home.campaigns')}
              aside={
                <Link to="/campaigns" className="link text-sm">
                  {t('home.all_campaigns')}
                </Link>
              }
            >
              {campaigns.isPending ? (
                <Skeleton />
              ) : campaigns.error ? (
                <ProblemNote error={campaigns.error} onRetry={() => campaigns.refetch()} />
              ) : fresh ? (
                <Empty icon="campaign" title={t('campaigns.empty')} text={t('campaigns.empty_text')} />
              ) : (
                <ul className="-my-3 divide-y divide-line">
                  {campaigns.data.map((c) => (
                    <CampaignRow key={c.id} campaign={c} />
                  ))}
                </ul>
              )}
            </Card>
          )}
        </div>
      </div>
    </>
  )
}
