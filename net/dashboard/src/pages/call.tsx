import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { can } from '../lib/roles'
import { useLive, useLiveState } from '../live'
import type { CallDetail, CapturedSlot } from '../model'
import { useMe } from '../queries'
import { Button, Card, Facts, Note, PageHeader, Skeleton } from '../ui/basics'
import { Icon } from '../ui/icons'
import { ProblemNote } from '../ui/problem'
import { callIsLive, StatusChip, useWord } from '../ui/status'
import { toast } from '../ui/toast'
import { CallLength, Credits, Phone, When } from '../ui/values'
import { CallDesk } from './call_desk'
import { RecordingCard } from './call_recording'
import { Timeline } from './call_timeline'
import { Transcript } from './call_transcript'

const route = getRouteApi('/app/calls/$id')
const pollMs = { live: 5_000, alone: 1_500 }

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function Insight({ call }: { call: CallDetail }) {
  const { t } = useTranslation()
  const a = call.analytics
  if (!a)
    return (
      <p className="text-soft">
        {t(callIsLive(call.status) ? 'call.insight_later' : 'call.insight_none')}
      </p>
    )
  const extracted = Object.entries(a.extracted ?? {})
  return (
    <div className="space-y-3">
      {a.status === 'failed' && <Note tone="warn">{t('call.insight_failed')}</Note>}
      {a.summary && <p>{a.summary}</p>}
      <Facts
        items={[
          [t('calls.outcome'), <StatusChip kind="outcome" value={a.outcome} />],
          [t('call.sentiment'), <StatusChip kind="sentiment" value={a.sentiment} />],
          [t('call.grade'), a.grade ?? '–'],
          ...extracted.map(([k, v]): [string, string] => [k.replaceAll('_', ' '), shown(v)]),
        ]}
      />
    </div>
  )
}

function Slots({ slots }: { slots: CapturedSlot[] }) {
  const { t } = useTranslation()
  return (
    <Facts
      items={slots.map((slot): [string, string] => [
        slot.name.replaceAll('_', ' '),
        slot.value === null
          ? t('call.slot_not_told')
          : `${slot.value} (${t(slot.confirmed ? 'call.slot_confirmed' : 'call.slot_unconfirmed')})`,
      ])}
    />
  )
}

function Details({ call }: { call: CallDetail }) {
  const { t } = useTranslation()
  const word = useWord()
  const copy = async () => {
    await navigator.clipboard?.writeText(call.id)
    toast(t('call.copied'))
  }
  return (
    <Facts
      items={[
        [t('call.from'), <Phone value={call.from} />],
        [t('call.to'), <Phone value={call.to} />],
        [t('calls.started'), <When at={call.started_at ?? call.created_at} />],
        [t('call.answered'), <When at={call.answered_at} />],
        [t('call.ended'), <When at={call.ended_at} />],
        [t('call.end_reason'), call.end_reason ? word('end_reason', call.end_reason) : '–'],
        [t('calls.credits'), <Credits micros={call.charged_micros} />],
        [t('call.attempt'), call.attempt_no ?? '–'],
        [t('call.provider'), call.provider ?? '–'],
        [t('call.provider_id'), <code className="text-xs">{call.provider_call_id ?? '–'}</code>],
        [t('call.node'), call.node ?? '–'],
        [
          t('call.id'),
          <button
            type="button"
            onClick={copy}
            className="inline-flex items-center gap-1.5 text-left hover:text-accent"
          >
            <code className="text-xs break-all">{call.id}</code>
            <Icon name="copy" className="size-4" />
            <span className="sr-only">{t('call.copy')}</span>
          </button>,
        ],
      ]}
    />
  )
}

function HangUp({ id }: { id: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const hangUp = useMutation({
    mutationFn: () => api.hangUp(id),
    onSuccess: () => toast(t('call.hanging_up')),
    onSettled: () => client.invalidateQueries({ queryKey: ['call', id] }),
  })
  return (
    <>
      <Button look="danger" icon="stop" busy={hangUp.isPending} onClick={() => hangUp.mutate()}>
        {t('call.hang_up')}
      </Button>
      {hangUp.error && (
        <div className="basis-full">
          <ProblemNote error={hangUp.error} />
        </div>
      )}
    </>
  )
}

export function CallPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { user } = useMe()
  const { id } = route.useParams()
  const connection = useLiveState()
  useLive((events, resync) => {
    if (resync || events.some((e) => e.data.call_id === id || e.data.id === id))
      client.invalidateQueries({ queryKey: ['call', id] }, { cancelRefetch: false })
  })
  const query = useQuery({
    queryKey: ['call', id, 'detail'],
    queryFn: () => api.call(id),
    refetchInterval: ({ state }) => {
      const call = state.data
      if (!call) return false
      // After its end a call waits for its insight, for a short time.
      const settling =
        call.ended_at && !call.analytics && Date.now() - Date.parse(call.ended_at) < 60_000
      if (!callIsLive(call.status) && !settling) return false
      return connection === 'live' ? pollMs.live : pollMs.alone
    },
  })
  const call = query.data
  if (!call)
    return query.error ? (
      <ProblemNote error={query.error} onRetry={() => query.refetch()} />
    ) : (
      <Skeleton rows={8} />
    )
  const live = callIsLive(call.status)
  const number = call.direction === 'inbound' ? call.from : call.to
  return (
    <>
      <PageHeader
        title={call.contact_name || <Phone value={number} />}
        lead={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <StatusChip kind="call_status" value={call.status} />
            {call.outcome && <StatusChip kind="outcome" value={call.outcome} />}
            {call.contact_name && <Phone value={number} />}
            <span>{call.agent_name}</span>
            <CallLength seconds={call.duration_s} since={call.answered_at} live={live} />
          </span>
        }
      >
        {live && can(user.role, 'operator') && <HangUp id={id} />}
        {call.campaign_id && (
          <Link to="/campaigns/$id" params={{ id: call.campaign_id }} className="link">
            {t('call.campaign')}
          </Link>
        )}
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
        <div className="space-y-4">
          {call.status === 'in_progress' && can(user.role, 'operator') && <CallDesk id={id} />}
          <RecordingCard id={id} />
          <Transcript id={id} live={live} connection={connection} />
        </div>
        <div className="space-y-4">
          <Card title={t('call.insight')}>
            <Insight call={call} />
          </Card>
          {call.slots && call.slots.length > 0 && (
            <Card title={t('call.slots')}>
              <Slots slots={call.slots} />
            </Card>
          )}
          <Card title={t('call.timeline')}>
            <Timeline id={id} live={live} />
          </Card>
          <Card title={t('call.details')}>
            <Details call={call} />
          </Card>
        </div>
      </div>
    </>
  )
}
