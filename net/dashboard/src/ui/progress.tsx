import { useTranslation } from 'react-i18next'
import { formatShare } from '../lib/format'
import { finishedShare, segments, type RowState } from '../lib/progress'
import type { ProgressCounts } from '../model'
import { Count, useLocale } from './values'

const colours: Record<RowState, string> = {
  done: 'bg-bar-done',
  exhausted: 'bg-bar-bad',
  no_credit: 'bg-bar-bad',
  suppressed: 'bg-bar-off',
  cancelled: 'bg-bar-off',
  dialing: 'bg-bar-live',
  waiting_retry: 'bg-bar-wait',
  pending: 'bg-bar-todo',
}

/** One bar, a part for each state of the rows; `legend` adds the numbers in words. */
export function ProgressBar({
  counts,
  legend = false,
}: {
  counts: Partial<ProgressCounts>
  legend?: boolean
}) {
  const { t } = useTranslation()
  const locale = useLocale()
  const parts = segments(counts)
  const share = finishedShare(counts)
  return (
    <div>
      <div
        role="progressbar"
        aria-label={t('progress.label')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(share * 100)}
        aria-valuetext={t('progress.finished', { share: formatShare(share, locale) })}
        className={`flex w-full gap-px overflow-hidden rounded-full bg-sunken ${legend ? 'h-3.5' : 'h-2'}`}
      >
        {parts.map((p) => (
          <div
            key={p.state}
            title={t(`row_state.${p.state}`)}
            className={`${colours[p.state]} min-w-0.5 transition-[width] duration-300`}
            style={{ width: `${p.share * 100}%` }}
          />
        ))}
      </div>
      {legend && (
        <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-sm">
          {parts.map((p) => (
            <li key={p.state} className="flex items-center gap-2">
              <span aria-hidden="true" className={`size-2.5 rounded-full ${colours[p.state]}`} />
              <span className="text-soft">{t(`row_state.${p.state}`)}</span>
              <span className="font-semibold">
                <Count value={p.count} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
