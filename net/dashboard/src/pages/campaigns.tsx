import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { can } from '../lib/roles'
import type { Campaign } from '../model'
import { agentsQuery, pages, useMe } from '../queries'
import { buttonClass, Empty, PageHeader } from '../ui/basics'
import { Icon } from '../ui/icons'
import { ProgressBar } from '../ui/progress'
import { StatusChip } from '../ui/status'
import { EndlessTable, type Column } from '../ui/table'
import { When } from '../ui/values'

const list = pages<Campaign>(['campaigns', 'all'], (cursor, signal) =>
  api.campaigns({ limit: 50, cursor }, signal),
)

function useColumns(): Column<Campaign>[] {
  const { t } = useTranslation()
  const agents = useQuery(agentsQuery).data
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('campaigns.name'),
        cell: (c) =>
          c.status === 'draft' ? (
            <Link
              to="/campaigns/new"
              search={{ step: 'plan', import: c.import_id, campaign: c.id }}
              className="link"
            >
              {c.name}
            </Link>
          ) : (
            <Link to="/campaigns/$id" params={{ id: c.id }} className="link">
              {c.name}
            </Link>
          ),
      },
      {
        id: 'status',
        header: t('common.status'),
        cell: (c) => <StatusChip kind="campaign_status" value={c.status} />,
      },
      {
        id: 'progress',
        header: t('campaigns.progress'),
        from: 'md',
        cell: (c) => (
          <div className="min-w-32">{c.counts ? <ProgressBar counts={c.counts} /> : '–'}</div>
        ),
      },
      {
        id: 'agent',
        header: t('campaigns.agent'),
        from: 'lg',
        cell: (c) => agents?.find((a) => a.id === c.agent_id)?.name ?? '–',
      },
      {
        id: 'created',
        header: t('common.created'),
        from: 'sm',
        cell: (c) => <When at={c.created_at} />,
      },
    ],
    [t, agents],
  )
}

export function CampaignsPage() {
  const { t } = useTranslation()
  const { user } = useMe()
  const query = useInfiniteQuery({ ...list, refetchInterval: 10_000 })
  const create = can(user.role, 'operator') && (
    <Link to="/campaigns/new" className={buttonClass('primary')}>
      <Icon name="plus" />
      {t('campaigns.new')}
    </Link>
  )
  return (
    <>
      <PageHeader title={t('nav.campaigns')} lead={t('campaigns.lead')}>
        {create}
      </PageHeader>
      <EndlessTable
        caption={t('nav.campaigns')}
        columns={useColumns()}
        query={query}
        rowId={(c) => c.id}
        empty={
          <Empty icon="campaign" title={t('campaigns.empty')} text={t('campaigns.empty_text')}>
            {create}
          </Empty>
        }
      />
    </>
  )
}
