import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { buttonClass, Empty, Skeleton } from './basics'
import { ProblemNote } from './problem'

export function PageWaiting() {
  const { t } = useTranslation()
  return (
    <div className="mx-auto w-full max-w-5xl p-6">
      <p className="sr-only" role="status">
        {t('common.loading')}
      </p>
      <Skeleton rows={7} />
    </div>
  )
}

export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <div className="mx-auto w-full max-w-2xl p-6">
      <ProblemNote
        error={error}
        onRetry={() => {
          reset()
          router.invalidate()
        }}
      />
    </div>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <main className="mx-auto max-w-2xl p-6">
      <h1 className="sr-only">{t('not_found.title')}</h1>
      <Empty icon="search" title={t('not_found.title')} text={t('not_found.text')}>
        <Link to="/" className={buttonClass('primary')}>
          {t('nav.home')}
        </Link>
      </Empty>
    </main>
  )
}
