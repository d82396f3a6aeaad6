import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { useLive } from '../live'
import type { Call } from '../model'
import { callsPages } from '../queries'
import { Button, Empty, PageHeader } from '../ui/basics'
import { SelectField } from '../ui/form'
import { Icon } from '../ui/icons'
import { callIsLive, StatusChip } from '../ui/status'
import { EndlessTable, type Column } from '../ui/table'
import { CallLength, Credits, Phone, When } from '../ui/values'

const route = getRouteApi('/app/calls')

const statuses = [
  'queued',
  'dialing',
  'ringing',
  'in_progress',
  'completed',
  'busy',
  'no_answer',
  'voicemail',
  'failed',
  'canceled',
  'lost',
]

function Who({ call }: { call: Call }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center gap-2.5">
      <span title={t(`direction.${call.direction}`)} className="text-soft">
        <Icon name={call.direction} className="size-4" />
        <span className="sr-only">{t(`direction.${call.direction}`)}</span>
      </span>
      <Link to="/calls/$id" params={{ id: call.id }} className="min-w-0">
        <span className="block truncate font-medium">{call.contact_name}</span>
        <span className={call.contact_name ? 'text-soft' : 'font-medium'}>
          <Phone value={call.direction === 'inbound' ? call.from : call.to} />
        </span>
      </Link>
    </span>
  )
}

function useColumns(): Column<Call>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      { id: 'who', header: t('calls.contact'), cell: (c) => <Who call={c} /> },
      {
        id: 'status',
        header: t('common.status'),
        cell: (c) => <StatusChip kind="call_status" value={c.status} />,
      },
      {
        id: 'outcome',
        header: t('calls.outcome'),
        from: 'md',
        cell: (c) => <StatusChip kind="outcome" value={c.outcome} />,
      },
      { id: 'agent', header: t('campaigns.agent'), from: 'lg', cell: (c) => c.agent_name ?? '–' },
      {
        id: 'length',
        header: t('calls.length'),
        end: true,
        from: 'sm',
        cell: (c) => (
          <CallLength seconds={c.duration_s} since={c.answered_at} live={callIsLive(c.status)} />
        ),
      },
      {
        id: 'credits',
        header: t('calls.credits'),
        end: true,
        from: 'md',
        cell: (c) => <Credits micros={c.charged_micros} />,
      },
      {
        id: 'started',
        header: t('calls.started'),
        end: true,
        from: 'sm',
        cell: (c) => <When at={c.started_at ?? c.created_at} />,
      },
    ],
    [t],
  )
}

export function CallsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { status, direction, campaign } = search
  const query = useInfiniteQuery(callsPages({ status, direction, campaign_id: campaign }))
  const campaigns = useQuery({
    queryKey: ['campaigns', 'names'],
    queryFn: async () => (await api.campaigns({ limit: 100 })).data,
  })
  useLive((events, resync) => {
    // Far down the list a new row at its top would be a re-read of every page for nothing.
    const near = (query.data?.pages.length ?? 0) <= 2
    if (near && (resync || events.some((e) => /^call:(start|update|end)$/.test(e.type))))
      client.invalidateQueries({ queryKey: ['calls'] }, { cancelRefetch: false })
  })
  const filter = (change: Partial<typeof search>) =>
    navigate({ search: (s) => ({ ...s, ...change }), replace: true })
  const filtered = status || direction || campaign
  return (
    <>
      <PageHeader title={t('nav.calls')} lead={t('calls.lead')} />
      <div className="mb-4 grid gap-3 sm:grid-cols-3 lg:max-w-3xl">
        <SelectField
          label={t('common.status')}
          value={status ?? ''}
          onChange={(e) => filter({ status: e.target.value || undefined })}
          options={[
            { value: '', text: t('common.all') },
            ...statuses.map((s) => ({ value: s, text: t(`call_status.${s}`) })),
          ]}
        />
        <SelectField
          label={t('calls.direction')}
          value={direction ?? ''}
          onChange={(e) => filter({ direction: (e.target.value || undefined) as typeof direction })}
          options={[
            { value: '', text: t('common.all') },
            { value: 'outbound', text: t('direction.outbound') },
            { value: 'inbound', text: t('direction.inbound') },
          ]}
        />
        <SelectField
          label={t('calls.campaign')}
          value={campaign ?? ''}
          onChange={(e) => filter({ campaign: e.target.value || undefined })}
          options={[
            { value: '', text: t('common.all') },
            ...(campaigns.data ?? []).map((c) => ({ value: c.id, text: c.name })),
          ]}
        />
      </div>
      <EndlessTable
        key={JSON.stringify(search)}
        caption={t('nav.calls')}
        columns={useColumns()}
        query={query}
        rowId={(c) => c.id}
        empty={
          filtered ? (
            <Empty icon="search" title={t('calls.none')} text={t('calls.none_text')}>
              <Button onClick={() => navigate({ search: {} })}>{t('calls.clear')}</Button>
            </Empty>
          ) : (
            <Empty icon="phone" title={t('calls.empty')} text={t('calls.empty_text')} />
          )
        }
      />
    </>
  )
}
