import { useTranslation } from 'react-i18next'
import { problemOf } from '../lib/errors'
import { Button } from './basics'
import { Icon } from './icons'

/** What happened, why, what to do, the request id, and a way to try again. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  if (!error) return null
  const p = problemOf(error)
  return (
    <div role="alert" className="flex gap-3 rounded-lg bg-bad-soft px-4 py-3 text-sm">
      <Icon name="alert" className="mt-0.5 size-4.5 text-bad" />
      <div className="min-w-0 flex-1 break-words">
        <p className="font-semibold text-bad">{t(`errors.${p.kind}.what`)}</p>
        {p.why && <p>{p.why}</p>}
        {p.fields.length > 0 && (
          <ul className="my-1 list-disc pl-5">
            {p.fields.map((f) => (
              <li key={f.field + f.message}>
                <code>{f.field}</code>: {f.message}
              </li>
            ))}
          </ul>
        )}
        <p>
          {t(`errors.${p.kind}.do`)}
          {p.retryAfterS !== null && ` ${t('errors.wait', { seconds: p.retryAfterS })}`}
        </p>
        {p.requestId && (
          <p className="mt-1 text-soft">
            {t('errors.request_id')} <code className="select-all">{p.requestId}</code>
          </p>
        )}
        {onRetry && p.retryable && (
          <Button className="mt-2" icon="refresh" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )}
      </div>
    </div>
  )
}
