import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api'
import { saveBlob } from '../../lib/download'
import { dialable, importSum } from '../../lib/progress'
import { useLive } from '../../live'
import type { Import, ImportCounts } from '../../model'
import { importQuery } from '../../queries'
import { Button, Card, Note, Skeleton, Spinner, type Tone } from '../../ui/basics'
import { ProblemNote } from '../../ui/problem'
import { Count } from '../../ui/values'

const kinds: [keyof ImportCounts, Tone][] = [
  ['imported', 'ok'],
  ['updated', 'ok'],
  ['duplicate_in_system', 'info'],
  ['duplicate_in_file', 'warn'],
  ['suppressed', 'neutral'],
  ['invalid', 'bad'],
]

const inks: Record<Tone, string> = {
  ok: 'text-ok',
  info: 'text-info',
  warn: 'text-warn',
  bad: 'text-bad',
  neutral: 'text-soft',
}

function Counts({ found }: { found: Import }) {
  const { t } = useTranslation()
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        {kinds.map(([kind, tone]) => (
          <div key={kind} className="rounded-lg border border-line p-3">
            <dt className="text-sm text-soft">{t(`wizard.review.count.${kind}`)}</dt>
            <dd
              data-testid={`count-${kind}`}
              className={`text-2xl font-semibold ${found.counts[kind] ? inks[tone] : 'text-soft'}`}
            >
              <Count value={found.counts[kind]} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-sm text-soft" data-testid="rows-add-up">
        {t('wizard.review.adds_up', { sum: importSum(found.counts), count: found.rows })}
      </p>
    </>
  )
}

export function ReviewStep({
  id,
  onBack,
  onNext,
}: {
  id: string
  onBack: () => void
  onNext: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(importQuery(id))
  useLive((events) => {
    if (events.some((e) => e.type === 'import:progress'))
      client.invalidateQueries({ queryKey: ['import', id] }, { cancelRefetch: false })
  })
  const errors = useMutation({
    mutationFn: () => api.importErrors(id),
    onSuccess: (blob) => {
      const name = query.data?.file_name.replace(/\.[^.]+$/, '') ?? 'import'
      saveBlob(blob, `${name}.errors.csv`)
    },
  })
  const found = query.data
  if (!found)
    return (
      <Card>
        {query.error ? (
          <ProblemNote error={query.error} onRetry={() => query.refetch()} />
        ) : (
          <Skeleton rows={5} />
        )}
      </Card>
    )
  const ready = found.status === 'completed'
  const people = dialable(found.counts)
  const notLoaded = found.rows - people
  return (
    <Card title={found.file_name}>
      <div className="space-y-5">
        {found.status === 'processing' && (
          <p role="status" className="flex items-center gap-3">
            <Spinner />
            {t('wizard.review.processing', { count: found.rows })}
          </p>
        )}
        {found.status === 'failed' && (
          <Note tone="bad">
            <p className="font-semibold">{t('wizard.review.failed')}</p>
            <p>{found.error?.message}</p>
            <p>{t('wizard.review.failed_do')}</p>
          </Note>
        )}
        {found.status !== 'failed' && <Counts found={found} />}
        {ready && people > 0 && (
          <p className="font-medium text-ok">{t('wizard.review.ready', { count: people })}</p>
        )}
        {ready && people === 0 && <Note tone="warn">{t('wizard.review.none')}</Note>}
        {ready && notLoaded > 0 && (
          <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-sunken p-4">
            <p className="max-w-md text-sm">{t('wizard.review.errors_hint')}</p>
            <Button icon="download" busy={errors.isPending} onClick={() => errors.mutate()}>
              {t('wizard.review.errors')}
            </Button>
          </div>
        )}
        <ProblemNote error={query.error ?? errors.error} onRetry={() => query.refetch()} />
        <div className="flex flex-wrap justify-between gap-2">
          <Button onClick={onBack}>{t('wizard.review.another')}</Button>
          <Button look="primary" disabled={!ready || people === 0} onClick={onNext}>
            {t('common.continue')}
          </Button>
        </div>
      </div>
    </Card>
  )
}
