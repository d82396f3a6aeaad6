import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { countOf, rowStates } from '../lib/progress'
import { can } from '../lib/roles'
import type { CampaignAction, CampaignContact, Progress } from '../model'
import { agentsQuery, campaignQuery, pages, useMe } from '../queries'
import { Button, buttonClass, Empty, PageHeader } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { SelectField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { StatusChip, useWord } from '../ui/status'
import { EndlessTable, type Column } from '../ui/table'
import { Tabs } from '../ui/tabs'
import { toast } from '../ui/toast'
import { Phone, When } from '../ui/values'
import { Explain } from './campaign_explain'
import { ForecastPanel } from './campaign_forecast'
import { RunPanel, StaleBadge, useProgress } from './campaign_progress'

const route = getRouteApi('/app/campaigns/$id')

function useActions(id: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (action: CampaignAction) => api.campaignAction(id, action),
    onSuccess: (_, action) => toast(t(`campaign.did.${action}`)),
    // After a refusal too: the status on screen may be the reason for it.
    onSettled: () => {
      client.invalidateQueries({ queryKey: ['campaign', id] })
      client.invalidateQueries({ queryKey: ['progress', id] })
      client.invalidateQueries({ queryKey: ['campaigns'] })
    },
  })
}

function StopDialog({
  progress,
  onStop,
  onClose,
}: {
  progress: Progress
  onStop: () => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const left = countOf(progress.counts, 'pending') + countOf(progress.counts, 'waiting_retry')
  return (
    <Dialog
      title={t('campaign.stop_title')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button look="danger" icon="stop" onClick={onStop}>
            {t('campaign.stop')}
          </Button>
        </>
      }
    >
      <p>{t('campaign.stop_left', { count: left })}</p>
      <p className="mt-2">{t('campaign.stop_live', { count: progress.live })}</p>
      <p className="mt-2 text-soft">{t('campaign.stop_final')}</p>
    </Dialog>
  )
}

const unreached = ({ counts }: Progress) =>
  countOf(counts, 'exhausted') + countOf(counts, 'no_credit') + countOf(counts, 'cancelled')

function Actions({ id, progress }: { id: string; progress: Progress }) {
  const { t } = useTranslation()
  const { user } = useMe()
  const [stopping, setStopping] = useState(false)
  const act = useActions(id)
  if (!can(user.role, 'operator')) return null
  const busy = (action: CampaignAction) => act.isPending && act.variables === action
  const open = progress.status === 'running' || progress.status === 'paused'
  return (
    <>
      {progress.status === 'running' && (
        <Button icon="pause" busy={busy('pause')} onClick={() => act.mutate('pause')}>
          {t('campaign.pause')}
        </Button>
      )}
      {progress.status === 'paused' && (
        <Button look="primary" icon="play" busy={busy('resume')} onClick={() => act.mutate('resume')}>
          {t('campaign.resume')}
        </Button>
      )}
      {open && (
        <Button look="danger" icon="stop" busy={busy('stop')} onClick={() => setStopping(true)}>
          {t('campaign.stop')}
        </Button>
      )}
      {!open && unreached(progress) > 0 && (
        <Button icon="refresh" busy={busy('redial')} onClick={() => act.mutate('redial')}>
          {t('campaign.redial')}
        </Button>
      )}
      {stopping && (
        <StopDialog
          progress={progress}
          onClose={() => setStopping(false)}
          onStop={() => {
            setStopping(false)
            act.mutate('stop')
          }}
        />
      )}
      {act.error && (
        <div className="basis-full">
          <ProblemNote error={act.error} />
        </div>
      )}
    </>
  )
}

/** A row that waits for another attempt is pending too, but people see it as its own state. */
const shownState = (c: CampaignContact) =>
  c.state === 'pending' && c.attempts > 0 ? 'waiting_retry' : c.state

function useColumns(onExplain: (contact: string) => void): Column<CampaignContact>[] {
  const { t } = useTranslation()
  const word = useWord()
  return useMemo(
    () => [
      {
        id: 'contact',
        header: t('calls.contact'),
        cell: (c) => (
          <>
            <span className="block font-medium">{c.name}</span>
            <Phone value={c.phone} />
          </>
        ),
      },
      {
        id: 'state',
        header: t('common.status'),
        cell: (c) => <StatusChip kind="row_state" value={shownState(c)} />,
      },
      {
        id: 'attempts',
        header: t('campaign.attempts'),
        end: true,
        from: 'sm',
        cell: (c) => <span className="number">{c.attempts}</span>,
      },
      {
        id: 'outcome',
        header: t('campaign.last_outcome'),
        from: 'md',
        cell: (c) => (c.last_outcome ? word('outcome', c.last_outcome) : '–'),
      },
      {
        id: 'next',
        header: t('campaign.next_at'),
        from: 'lg',
        cell: (c) => <When at={c.next_at} />,
      },
      {
        id: 'why',
        header: t('campaign.why'),
        end: true,
        cell: (c) => (
          <Button look="quiet" onClick={() => onExplain(c.contact_id)}>
            {t('campaign.explain')}
          </Button>
        ),
      },
    ],
    [t, word, onExplain],
  )
}

function Contacts({ id }: { id: string }) {
  const { t } = useTranslation()
  const { state, explain } = route.useSearch()
  const navigate = route.useNavigate()
  const query = useInfiniteQuery({
    ...pages<CampaignContact>(['campaign-contacts', id, state], (cursor, signal) =>
      api.campaignContacts(id, { limit: 100, cursor, state }, signal),
    ),
  })
  const onExplain = useMemo(
    () => (contact?: string) =>
      navigate({ search: (s) => ({ ...s, explain: contact }), replace: true, resetScroll: false }),
    [navigate],
  )
  const shown = query.data?.pages.flatMap((p) => p.data).find((c) => c.contact_id === explain)
  return (
    <>
      <SelectField
        className="mb-3 max-w-xs"
        label={t('common.status')}
        value={state ?? ''}
        onChange={(e) =>
          navigate({ search: (s) => ({ ...s, state: e.target.value || undefined }) })
        }
        options={[
          { value: '', text: t('common.all') },
          ...rowStates.map((s) => ({ value: s as string, text: t(`row_state.${s}`) })),
        ]}
      />
      <EndlessTable
        caption={t('nav.contacts')}
        columns={useColumns(onExplain)}
        query={query}
        rowId={(c) => c.contact_id}
        empty={
          <Empty icon="people" title={t('campaign.no_contacts')} text={t('campaign.no_contacts_text')} />
        }
      />
      {explain && (
        <Explain
          campaign={id}
          contact={explain}
          name={shown?.name || shown?.phone || ''}
          onClose={() => onExplain(undefined)}
        />
      )}
    </>
  )
}

export function CampaignPage() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const { tab = 'progress' } = route.useSearch()
  const navigate = route.useNavigate()
  const campaign = useQuery(campaignQuery(id))
  const agents = useQuery(agentsQuery)
  const progress = useProgress(id)
  const plan = campaign.data?.data
  const agent = agents.data?.find((a) => a.id === plan?.agent_id)
  return (
    <>
      <PageHeader
        title={plan?.name ?? t('campaign.title')}
        lead={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            {progress.data && <StatusChip kind="campaign_status" value={progress.data.status} />}
            {agent && (
              <span>
                {agent.name}
                {plan?.agent_version !== undefined && ` · v${plan.agent_version}`}
              </span>
            )}
            <StaleBadge query={progress} />
          </span>
        }
      >
        {progress.data?.status === 'draft' && plan && (
          <Link
            to="/campaigns/new"
            search={{ step: 'plan', import: plan.import_id, campaign: id }}
            className={buttonClass('primary')}
          >
            {t('campaign.continue')}
          </Link>
        )}
        {progress.data && <Actions id={id} progress={progress.data} />}
        <Link to="/calls" search={{ campaign: id }} className={buttonClass('plain')}>
          {t('nav.calls')}
        </Link>
      </PageHeader>
      {campaign.error && (
        <div className="mb-4">
          <ProblemNote error={campaign.error} onRetry={() => campaign.refetch()} />
        </div>
      )}
      <Tabs
        label={t('campaign.views')}
        value={tab}
        onChange={(value) => navigate({ search: (s) => ({ ...s, tab: value }) })}
        items={[
          { value: 'progress', text: t('campaign.progress') },
          { value: 'contacts', text: t('nav.contacts') },
        ]}
      />
      {tab === 'progress' ? (
        <div className="space-y-4">
          <RunPanel query={progress} />
          {progress.data && <ForecastPanel id={id} status={progress.data.status} />}
        </div>
      ) : (
        <Contacts id={id} />
      )}
    </>
  )
}
