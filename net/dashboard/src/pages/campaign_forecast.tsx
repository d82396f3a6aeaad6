import { useMutation, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { compare, lineUse, warning, type Comparison, type Measure } from '../lib/forecast'
import { formatCount, formatCredits, formatShare, formatSpan, formatTime } from '../lib/format'
import { active } from '../lib/progress'
import { can } from '../lib/roles'
import type { CampaignStatus, Forecast, RowsByReason } from '../model'
import { forecastQuery, useMe } from '../queries'
import { Button, Card, Facts, Note } from '../ui/basics'
import { ProblemNote } from '../ui/problem'
import { useWord } from '../ui/status'
import { Count, useLocale } from '../ui/values'

/** A measure as people read it. */
function useMeasure() {
  const locale = useLocale()
  return (measure: Measure, value: number | null) => {
    if (value === null) return '–'
    if (measure === 'cost') return formatCredits(value, locale)
    if (measure === 'takes' || measure === 'talked') return formatSpan(value, locale)
    return formatCount(value, locale)
  }
}

function useTime() {
  const locale = useLocale()
  const { tenant } = useMe()
  return (at: string) => formatTime(at, tenant.time_zone, locale, new Date())
}

function Figure({ name, value, most }: { name: string; value: ReactNode; most?: string }) {
  const { t } = useTranslation()
  return (
    <div>
      <dt className="text-sm text-soft">{name}</dt>
      <dd className="number text-xl font-semibold">{value}</dd>
      {most && <dd className="text-xs text-soft">{t('forecast.at_most', { value: most })}</dd>}
    </div>
  )
}

function Figures({ forecast: f }: { forecast: Forecast }) {
  const { t } = useTranslation()
  const text = useMeasure()
  const time = useTime()
  const { p50, p90 } = f.ends_at
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
      <Figure
        name={t('forecast.ends')}
        value={p50 ? time(p50) : t('forecast.never')}
        {...(p50 && p90 && p50 !== p90 ? { most: time(p90) } : {})}
      />
      <Figure
        name={t('forecast.takes')}
        value={text('takes', f.duration_s.p50)}
        {...(f.duration_s.p90 === null ? {} : { most: text('takes', f.duration_s.p90) })}
      />
      <Figure
        name={t('forecast.cost')}
        value={text('cost', f.charged_micros.p50)}
        most={text('cost', f.charged_micros.p90)}
      />
      <Figure
        name={t('forecast.calls')}
        value={text('calls', f.calls.p50)}
        most={text('calls', f.calls.p90)}
      />
    </dl>
  )
}

function Warning({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const time = useTime()
  const what = warning(forecast)
  if (!what) return null
  const { balance_micros, needed_micros, runs_out_at } = forecast.credit
  return (
    <Note tone="warn">
      {what === 'no_credit'
        ? t('forecast.no_credit', {
            balance: formatCredits(balance_micros, locale),
            needed: formatCredits(needed_micros.p50, locale),
            at: runs_out_at ? time(runs_out_at) : '–',
          })
        : t(`forecast.${what}`)}
    </Note>
  )
}

/** Lines over the campaign's time, as bars of equal width. */
function Lines({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const { mean, most } = lineUse(forecast)
  if (most === 0) return null
  return (
    <div>
      <h3 className="text-sm font-medium">{t('forecast.lines')}</h3>
      <div className="mt-2 flex h-16 items-end gap-px" aria-hidden="true">
        {forecast.lines.use.map((step, i) => (
          <div
            key={i}
            className="min-w-0 flex-1 rounded-t-sm bg-bar-done"
            style={{ height: `${(step.mean / most) * 100}%` }}
          />
        ))}
      </div>
      <p className="mt-1 text-xs text-soft">
        {t('forecast.lines_text', {
          most: formatCount(most, locale),
          mean: formatCount(Math.round(mean * 10) / 10, locale),
        })}
      </p>
    </div>
  )
}

function Reasons({ title, rows }: { title: string; rows: RowsByReason[] }) {
  const word = useWord()
  if (rows.length === 0) return null
  return (
    <div>
      <h3 className="text-sm font-medium">{title}</h3>
      <Facts
        items={rows.map((each) => [word('skip_reason', each.reason), <Count value={each.rows} />])}
      />
    </div>
  )
}

function Details({ forecast: f }: { forecast: Forecast }) {
  const { t } = useTranslation()
  const word = useWord()
  const locale = useLocale()
  const { source, calls, outcomes, talk_s } = f.assumptions
  return (
    <>
      <Lines forecast={f} />
      <div className="grid gap-x-6 gap-y-4 sm:grid-cols-3">
        {f.limited_by.length > 0 && (
          <div>
            <h3 className="text-sm font-medium">{t('forecast.limited')}</h3>
            <Facts
              items={f.limited_by.map((each) => [
                word('forecast_limit', each.what),
                formatShare(each.share, locale),
              ])}
            />
          </div>
        )}
        <Reasons title={t('forecast.skipped')} rows={f.rows.skipped} />
        <Reasons title={t('forecast.waiting')} rows={f.rows.waiting} />
      </div>
      <p className="text-sm text-soft">
        {t(`forecast.based.${source}`, {
          count: calls,
          rate: formatShare(outcomes.completed ?? 0, locale),
          talk: formatSpan(talk_s, locale),
        })}
      </p>
    </>
  )
}

/** What a campaign would do, asked for by the operator. */
export function Simulation({ id }: { id: string }) {
  const { t } = useTranslation()
  const play = useMutation({ mutationFn: () => api.simulate(id) })
  return (
    <Card
      title={t('forecast.title')}
      aside={
        <Button icon="clock" busy={play.isPending} onClick={() => play.mutate()}>
          {t(play.data ? 'forecast.again' : 'forecast.simulate')}
        </Button>
      }
    >
      <div className="space-y-4" aria-live="polite">
        {play.error && <ProblemNote error={play.error} onRetry={() => play.mutate()} />}
        {!play.data && !play.error && <p className="text-soft">{t('forecast.lead')}</p>}
        {play.data && (
          <>
            <Warning forecast={play.data} />
            <Figures forecast={play.data} />
            <Details forecast={play.data} />
          </>
        )}
      </div>
    </Card>
  )
}

function Row({ row }: { row: Comparison }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const text = useMeasure()
  const off = row.off === null ? '–' : formatShare(row.off, locale)
  return (
    <tr className="border-t border-line">
      <th scope="row" className="py-2 text-left font-normal text-soft">
        {t(`forecast.${row.measure}`)}
      </th>
      <td className="number py-2 text-right">{text(row.measure, row.predicted)}</td>
      <td className="number py-2 text-right">{text(row.measure, row.happened)}</td>
      <td className="number py-2 text-right">{row.off !== null && row.off > 0 ? `+${off}` : off}</td>
    </tr>
  )
}

function Beside({ id, status }: { id: string; status: CampaignStatus }) {
  const { t } = useTranslation()
  const time = useTime()
  const query = useQuery({
    ...forecastQuery(id),
    refetchInterval: active(status) ? 10_000 : false,
  })
  if (query.error) return <ProblemNote error={query.error} onRetry={() => query.refetch()} />
  if (!query.data?.predicted) return null
  const over = query.data.happened.ended_at !== null
  return (
    <Card title={t('forecast.beside')}>
      <table className="w-full text-sm" data-testid="predicted-beside">
        <thead>
          <tr>
            <td />
            <th scope="col" className="py-2 text-right font-medium">
              {t('forecast.predicted')}
            </th>
            <th scope="col" className="py-2 text-right font-medium">
              {t(over ? 'forecast.happened' : 'forecast.so_far')}
            </th>
            <th scope="col" className="py-2 text-right font-medium">
              {t('forecast.difference')}
            </th>
          </tr>
        </thead>
        <tbody>
          {compare(query.data).map((row) => (
            <Row key={row.measure} row={row} />
          ))}
        </tbody>
      </table>
      <p className="mt-2 text-sm text-soft">
        {t('forecast.made_at', { at: time(query.data.predicted.made_at) })}
      </p>
    </Card>
  )
}

/** Before the start what would happen; after it the prediction beside what happened. */
export function ForecastPanel({ id, status }: { id: string; status: CampaignStatus }) {
  const { user } = useMe()
  const open = status === 'draft' || status === 'running' || status === 'paused'
  return (
    <div className="space-y-4">
      {status !== 'draft' && <Beside key={status} id={id} status={status} />}
      {open && can(user.role, 'operator') && <Simulation id={id} />}
    </div>
  )
}
