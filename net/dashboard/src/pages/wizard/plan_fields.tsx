import { useTranslation } from 'react-i18next'
import { formatCount, formatSpan } from '../../lib/format'
import { attemptsMax, defaultWindow, delays } from '../../lib/plan'
import { worstCaseCalls } from '../../lib/progress'
import type { CallingWindow, FieldError, RetryPlan } from '../../model'
import { useMe } from '../../queries'
import { Note } from '../../ui/basics'
import { Check, errorFor, SelectField, TextField } from '../../ui/form'
import { useLocale } from '../../ui/values'

const outcomes = ['busy', 'no_answer', 'voicemail', 'failed'] as const

/** What is tried again, after how long, and what that can add up to. */
export function RetryTable({
  retry,
  contacts,
  errors,
  onChange,
}: {
  retry: RetryPlan
  contacts: number
  errors: FieldError[]
  onChange: (retry: RetryPlan) => void
}) {
  const { t } = useTranslation()
  const locale = useLocale()
  const calls = worstCaseCalls(contacts, retry.max_attempts)
  return (
    <div className="space-y-4">
      <TextField
        className="max-w-xs"
        label={t('wizard.plan.max_attempts')}
        hint={t('wizard.plan.max_attempts_hint')}
        type="number"
        min={1}
        max={attemptsMax}
        required
        value={retry.max_attempts || ''}
        error={errorFor(errors, 'max_attempts')}
        onChange={(e) => onChange({ ...retry, max_attempts: e.target.valueAsNumber || 0 })}
      />
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        {outcomes.map((outcome) => {
          const key = `${outcome}_delay_s` as const
          const options = [...new Set([...delays, retry[key]])].sort((a, b) => a - b)
          return (
            <SelectField
              key={outcome}
              label={t('wizard.plan.retry_after', { outcome: t(`outcome.${outcome}`) })}
              value={String(retry[key])}
              error={errorFor(errors, key)}
              disabled={retry.max_attempts <= 1}
              onChange={(e) => onChange({ ...retry, [key]: Number(e.target.value) })}
              options={options.map((s) => ({
                value: String(s),
                text: s ? formatSpan(s, locale) : t('wizard.plan.at_once'),
              }))}
            />
          )
        })}
      </div>
      <Check
        label={t('wizard.plan.retry_lost')}
        hint={t('wizard.plan.retry_lost_hint')}
        checked={retry.retry_lost}
        onChange={(e) => onChange({ ...retry, retry_lost: e.target.checked })}
      />
      <Note icon="phone">
        {t('wizard.plan.worst_case', {
          count: calls,
          calls: formatCount(calls, locale),
          contacts: formatCount(contacts, locale),
          attempts: retry.max_attempts,
        })}
      </Note>
    </div>
  )
}

/** Monday of a week that is known to start with one; only its weekday is used. */
const monday = Date.UTC(2024, 0, 1)

/** The hours in which people may be called, in their own time zone. */
export function WindowFields({
  window,
  onChange,
}: {
  window: CallingWindow | null
  onChange: (window: CallingWindow | null) => void
}) {
  const { t } = useTranslation()
  const weekday = new Intl.DateTimeFormat(useLocale(), { weekday: 'short', timeZone: 'UTC' })
  const { tenant } = useMe()
  const toggle = (day: number) =>
    window &&
    onChange({
      ...window,
      days: window.days.includes(day)
        ? window.days.filter((d) => d !== day)
        : [...window.days, day].sort(),
    })
  return (
    <div className="space-y-4">
      <Check
        label={t('wizard.plan.any_hour')}
        hint={t('wizard.plan.any_hour_hint')}
        checked={window === null}
        onChange={(e) => onChange(e.target.checked ? null : defaultWindow)}
      />
      {window && (
        <>
          <div className="grid max-w-sm grid-cols-2 gap-4">
            <TextField
              label={t('wizard.plan.from')}
              type="time"
              required
              value={window.from}
              onChange={(e) => onChange({ ...window, from: e.target.value })}
            />
            <TextField
              label={t('wizard.plan.to')}
              type="time"
              required
              value={window.to}
              error={window.from >= window.to ? t('wizard.plan.window_order') : undefined}
              onChange={(e) => onChange({ ...window, to: e.target.value })}
            />
          </div>
          <fieldset>
            <legend className="mb-1 text-sm font-medium">{t('wizard.plan.days')}</legend>
            <div className="flex flex-wrap gap-2">
              {[1, 2, 3, 4, 5, 6, 7].map((day) => (
                <button
                  key={day}
                  type="button"
                  aria-pressed={window.days.includes(day)}
                  onClick={() => toggle(day)}
                  className="min-h-9 min-w-12 rounded-lg border border-line-strong px-2 text-sm
                    aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-semibold
                    aria-pressed:text-accent"
                >
                  {weekday.format(monday + (day - 1) * 86_400_000)}
                </button>
              ))}
            </div>
          </fieldset>
          <p className="text-sm text-soft">
            {t('wizard.plan.zone_hint', { zone: tenant.time_zone })}
          </p>
        </>
      )}
    </div>
  )
}
