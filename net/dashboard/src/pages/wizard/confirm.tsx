import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api'
import { formatCount } from '../../lib/format'
import { fromCampaign } from '../../lib/plan'
import { dialable, worstCaseCalls } from '../../lib/progress'
import { agentsQuery, campaignQuery, importQuery } from '../../queries'
import { Button, Card, Facts, Note, Skeleton } from '../../ui/basics'
import { TextField } from '../../ui/form'
import { ProblemNote } from '../../ui/problem'
import { useLocale } from '../../ui/values'
import { Simulation } from '../campaign_forecast'

/** Above this many people the number is typed once more. */
const typedConfirmFrom = 1_000

export function ConfirmStep({ id, onBack }: { id: string; onBack: () => void }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const campaign = useQuery(campaignQuery(id))
  const plan = campaign.data && fromCampaign(campaign.data.data)
  const file = useQuery({ ...importQuery(plan?.import_id ?? ''), enabled: plan !== undefined })
  const agents = useQuery(agentsQuery)
  const check = useQuery({
    queryKey: ['campaign', id, 'check'],
    queryFn: () => api.checkCampaign(id),
    staleTime: 0,
  })
  const start = useMutation({
    mutationFn: () => api.campaignAction(id, 'start'),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['campaign', id] })
      client.invalidateQueries({ queryKey: ['campaigns'] })
      navigate({ to: '/campaigns/$id', params: { id }, search: {} })
    },
  })
  const failed = [campaign, file, check].find((q) => q.error)
  if (failed) return <ProblemNote error={failed.error} onRetry={() => failed.refetch()} />
  if (!plan || !file.data || !check.data) return <Skeleton rows={6} />
  const people = check.data.dialable ?? dialable(file.data.counts)
  const problems = check.data.problems ?? []
  const calls = worstCaseCalls(people, plan.retry.max_attempts)
  const count = (n: number) => formatCount(n, locale)
  const days = plan.calling_window?.days.length ?? 7
  const mustType = people > typedConfirmFrom
  return (
    <div className="space-y-4">
      <Card title={t('wizard.confirm.title', { count: people, people: count(people) })}>
        <div className="space-y-5">
          <Facts
            items={[
              [t('campaigns.name'), plan.name],
              [t('campaigns.agent'), agents.data?.find((a) => a.id === plan.agent_id)?.name ?? '–'],
              [t('wizard.confirm.file'), file.data.file_name],
              [t('wizard.confirm.at_once'), count(plan.concurrency)],
              [t('wizard.confirm.calls'), t('wizard.confirm.at_most', { calls: count(calls) })],
              [
                t('wizard.plan.window'),
                plan.calling_window
                  ? t('wizard.confirm.window', { ...plan.calling_window, count: days })
                  : t('wizard.plan.any_hour'),
              ],
            ]}
          />
          {problems.length > 0 && (
            <Note tone="warn">
              <p className="font-semibold">{t('wizard.confirm.problems')}</p>
              <ul className="list-disc pl-5">
                {problems.map((problem) => (
                  <li key={problem.code}>{problem.text}</li>
                ))}
              </ul>
            </Note>
          )}
          {mustType && (
            <TextField
              className="max-w-xs"
              label={t('wizard.confirm.type', { people })}
              inputMode="numeric"
              value={typed}
              onChange={(e) => setTyped(e.target.value)}
            />
          )}
          <p className="text-sm text-soft">{t('wizard.confirm.later')}</p>
          <ProblemNote error={start.error} />
          <div className="flex flex-wrap justify-between gap-2">
            <Button onClick={onBack}>{t('common.back')}</Button>
            <Button
              look="primary"
              icon="play"
              disabled={mustType && typed.replace(/\D/g, '') !== String(people)}
              busy={start.isPending}
              onClick={() => start.mutate()}
            >
              {t('wizard.confirm.start')}
            </Button>
          </div>
        </div>
      </Card>
      <Simulation id={id} />
    </div>
  )
}
