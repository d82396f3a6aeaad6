import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api'
import { columnViews, missingVariables } from '../../lib/csv'
import { problemOf } from '../../lib/errors'
import { fromCampaign, newPlan } from '../../lib/plan'
import { dialable } from '../../lib/progress'
import type { Agent, Campaign, CampaignPlan, Import, Tenant } from '../../model'
import { agentsQuery, campaignQuery, importQuery, useMe } from '../../queries'
import { Button, Card, Note, Skeleton } from '../../ui/basics'
import { errorFor, SelectField, TextField } from '../../ui/form'
import { ProblemNote } from '../../ui/problem'
import { RetryTable, WindowFields } from './plan_fields'
import { TestCall } from './test_call'

interface FormProps {
  file: Import
  agents: Agent[]
  tenant: Tenant
  draft: { campaign: Campaign; etag: string | null } | null
  onBack: () => void
  onSaved: (campaignId: string) => void
}

function AgentChoice({
  plan,
  agents,
  file,
  onChange,
}: {
  plan: CampaignPlan
  agents: Agent[]
  file: Import
  onChange: (agent: string) => void
}) {
  const { t } = useTranslation()
  const agent = agents.find((a) => a.id === plan.agent_id)
  const missing = agent ? missingVariables(agent, columnViews(file, file.mapping)) : []
  return (
    <div className="space-y-3">
      <SelectField
        label={t('campaigns.agent')}
        hint={agent && t('wizard.plan.languages', { list: agent.languages.join(', ') })}
        value={plan.agent_id}
        onChange={(e) => onChange(e.target.value)}
        options={agents
          .filter((a) => a.enabled || a.id === plan.agent_id)
          .map((a) => ({ value: a.id, text: `${a.name} · v${a.version}` }))}
      />
      {missing.length > 0 && (
        <Note tone="warn">
          {t('wizard.plan.missing', { list: missing.map((v) => `{{${v}}}`).join(', ') })}
        </Note>
      )}
    </div>
  )
}

function PlanForm({ file, agents, tenant, draft, onBack, onSaved }: FormProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [plan, setPlan] = useState(() =>
    draft ? fromCampaign(draft.campaign) : newPlan(file, agents, tenant),
  )
  const set = (change: Partial<CampaignPlan>) => setPlan({ ...plan, ...change })
  const save = useMutation({
    mutationFn: async () => {
      if (!draft) return (await api.createCampaign(plan)).id
      const { import_id: _, ...changes } = plan
      await api.changeCampaign(draft.campaign.id, changes, draft.etag ?? '*')
      return draft.campaign.id
    },
    onSuccess: async (id) => {
      await client.invalidateQueries({ queryKey: ['campaign', id] })
      client.invalidateQueries({ queryKey: ['campaigns'] })
      onSaved(id)
    },
  })
  const fields = save.error ? problemOf(save.error).fields : []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <Card title={t('wizard.plan.title')}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            className="sm:col-span-2"
            label={t('campaigns.name')}
            required
            maxLength={120}
            value={plan.name}
            error={errorFor(fields, 'name')}
            onChange={(e) => set({ name: e.target.value })}
          />
          <AgentChoice
            plan={plan}
            agents={agents}
            file={file}
            onChange={(agent_id) => set({ agent_id })}
          />
          <TextField
            label={t('wizard.plan.concurrency')}
            hint={t('wizard.plan.concurrency_hint', { max: tenant.concurrent_calls_max })}
            type="number"
            required
            min={1}
            max={Math.max(tenant.concurrent_calls_max, 1)}
            value={plan.concurrency || ''}
            error={errorFor(fields, 'concurrency')}
            onChange={(e) => set({ concurrency: e.target.valueAsNumber || 0 })}
          />
        </div>
      </Card>
      <Card title={t('wizard.plan.retry')}>
        <RetryTable
          retry={plan.retry}
          contacts={dialable(file.counts)}
          errors={fields}
          onChange={(retry) => set({ retry })}
        />
      </Card>
      <Card title={t('wizard.plan.window')}>
        <WindowFields
          window={plan.calling_window}
          onChange={(calling_window) => set({ calling_window })}
        />
      </Card>
      <TestCall agentId={plan.agent_id} file={file} />
      <ProblemNote error={save.error} />
      <div className="flex flex-wrap justify-between gap-2">
        <Button onClick={onBack}>{t('common.back')}</Button>
        <Button type="submit" look="primary" disabled={!plan.agent_id} busy={save.isPending}>
          {t('common.continue')}
        </Button>
      </div>
    </form>
  )
}

export function PlanStep({
  importId,
  campaignId,
  onBack,
  onSaved,
}: {
  importId: string
  campaignId: string | undefined
  onBack: () => void
  onSaved: (campaignId: string) => void
}) {
  const { tenant } = useMe()
  const file = useQuery(importQuery(importId))
  const agents = useQuery(agentsQuery)
  const draft = useQuery({ ...campaignQuery(campaignId ?? ''), enabled: campaignId !== undefined })
  const failed = [file, agents, draft].find((q) => q.error)
  if (failed) return <ProblemNote error={failed.error} onRetry={() => failed.refetch()} />
  if (!file.data || !agents.data || (campaignId && (!draft.data || draft.isFetching)))
    return <Skeleton rows={8} />
  return (
    <PlanForm
      file={file.data}
      agents={agents.data}
      tenant={tenant}
      draft={draft.data ? { campaign: draft.data.data, etag: draft.data.etag } : null}
      onBack={onBack}
      onSaved={onSaved}
    />
  )
}
