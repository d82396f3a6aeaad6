import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { Skeleton } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { ProblemNote } from '../ui/problem'
import { StatusChip } from '../ui/status'
import { When } from '../ui/values'

/** Why a contact is or is not being dialed, in order, and when that changes. */
export function Explain({
  campaign,
  contact,
  name,
  onClose,
}: {
  campaign: string
  contact: string
  name: string
  onClose: () => void
}) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['explain', campaign, contact],
    queryFn: () => api.explain(campaign, contact),
    staleTime: 0,
  })
  return (
    <Dialog title={t('campaign.explain_title', { name })} onClose={onClose}>
      {query.isPending && <Skeleton />}
      <ProblemNote error={query.error} onRetry={() => query.refetch()} />
      {query.data && (
        <>
          <StatusChip kind="row_state" value={query.data.state} />
          <ol className="mt-3 space-y-3">
            {query.data.reasons.map((reason, i) => (
              <li key={reason.code} className="flex gap-3">
                <span className="number text-soft">{i + 1}.</span>
                <span>
                  {reason.text}
                  {reason.until && (
                    <span className="block text-sm text-soft">
                      {t('campaign.until')} <When at={reason.until} />
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ol>
          {query.data.reasons.length === 0 && <p className="mt-3">{t('campaign.no_reasons')}</p>}
        </>
      )}
    </Dialog>
  )
}
