import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { problemOf } from '../lib/errors'
import { can } from '../lib/roles'
import type { Tenant } from '../model'
import { useMe } from '../queries'
import { Button, Card, Note, PageHeader, Skeleton } from '../ui/basics'
import { errorFor, TextField } from '../ui/form'
import { LanguageSelect, ThemeSelect } from '../ui/layout'
import { ProblemNote } from '../ui/problem'
import { Tabs } from '../ui/tabs'
import { toast } from '../ui/toast'
import { Team } from './settings_team'

const route = getRouteApi('/app/settings')

const zones = Intl.supportedValuesOf('timeZone')
const numbers = [
  ['concurrent_calls_max', 0, 10_000],
  ['daily_cap_per_contact', 1, 100],
  ['contact_gap_s', 0, 2_592_000],
] as const

function LimitsForm({ tenant, editable }: { tenant: Tenant; editable: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form, setForm] = useState<Partial<Tenant>>({})
  const save = useMutation({
    mutationFn: () => api.changeTenant(form),
    onSuccess: () => {
      setForm({})
      client.invalidateQueries({ queryKey: ['tenant'] })
      client.invalidateQueries({ queryKey: ['me'] })
      toast(t('settings.saved'))
    },
  })
  const fields = save.error ? problemOf(save.error).fields : []
  const value = { ...tenant, ...form }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2">
      <TextField
        label={t('settings.time_zone')}
        hint={t('settings.time_zone_hint')}
        list="time-zones"
        required
        disabled={!editable}
        value={value.time_zone}
        error={errorFor(fields, 'time_zone')}
        onChange={(e) => setForm({ ...form, time_zone: e.target.value })}
      />
      <datalist id="time-zones">
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      <TextField
        label={t('wizard.upload.country')}
        hint={t('settings.country_hint')}
        pattern="[A-Z]{2}"
        maxLength={2}
        disabled={!editable}
        value={value.default_country ?? ''}
        error={errorFor(fields, 'default_country')}
        onChange={(e) => setForm({ ...form, default_country: e.target.value.toUpperCase() })}
      />
      {numbers.map(([name, min, max]) => (
        <TextField
          key={name}
          label={t(`settings.${name}`)}
          hint={t(`settings.${name}_hint`)}
          type="number"
          min={min}
          max={max}
          disabled={!editable}
          value={value[name] ?? ''}
          error={errorFor(fields, name)}
          onChange={(e) => setForm({ ...form, [name]: e.target.valueAsNumber })}
        />
      ))}
      <div className="space-y-3 sm:col-span-2">
        <ProblemNote error={save.error} />
        {editable ? (
          <Button
            type="submit"
            look="primary"
            disabled={Object.keys(form).length === 0}
            busy={save.isPending}
          >
            {t('common.save')}
          </Button>
        ) : (
          <Note>{t('settings.read_only')}</Note>
        )}
      </div>
    </form>
  )
}

function Organisation() {
  const { user } = useMe()
  const tenant = useQuery({ queryKey: ['tenant'], queryFn: () => api.tenant() })
  if (tenant.error) return <ProblemNote error={tenant.error} onRetry={() => tenant.refetch()} />
  if (!tenant.data) return <Skeleton rows={6} />
  return (
    <Card title={tenant.data.name}>
      <LimitsForm tenant={tenant.data} editable={can(user.role, 'admin')} />
    </Card>
  )
}

export function SettingsPage() {
  const { t } = useTranslation()
  const { tab = 'organisation' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <div className="max-w-4xl">
      <PageHeader title={t('nav.settings')} />
      <Tabs
        label={t('nav.settings')}
        value={tab}
        onChange={(value) => navigate({ search: { tab: value } })}
        items={[
          { value: 'organisation', text: t('settings.organisation') },
          { value: 'team', text: t('settings.team') },
          { value: 'display', text: t('settings.display') },
        ]}
      />
      {tab === 'organisation' && <Organisation />}
      {tab === 'team' && <Team />}
      {tab === 'display' && (
        <Card title={t('settings.display')}>
          <div className="grid max-w-md gap-4 sm:grid-cols-2">
            <div>
              <p className="mb-1 text-sm font-medium">{t('display.language')}</p>
              <LanguageSelect />
            </div>
            <div>
              <p className="mb-1 text-sm font-medium">{t('display.theme')}</p>
              <ThemeSelect />
            </div>
          </div>
        </Card>
      )}
    </div>
  )
}
