import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Mapping } from '../lib/csv'
import type { ImportPreview } from '../model'
import { wizardSteps } from '../router'
import { PageHeader } from '../ui/basics'
import { Icon } from '../ui/icons'
import { ConfirmStep } from './wizard/confirm'
import { MapStep } from './wizard/map'
import { PlanStep } from './wizard/plan'
import { ReviewStep } from './wizard/review'
import { UploadStep } from './wizard/upload'

const route = getRouteApi('/app/campaigns/new')

/** A chosen file before the server has all of it. It cannot outlive a reload of the page. */
export interface Chosen {
  file: File
  country: string
  preview: ImportPreview
  mapping: Mapping
}

function Steps({ current }: { current: (typeof wizardSteps)[number] }) {
  const { t } = useTranslation()
  const at = wizardSteps.indexOf(current)
  return (
    <ol className="mb-6 flex gap-1 text-sm sm:gap-2" aria-label={t('wizard.steps')}>
      {wizardSteps.map((step, i) => (
        <li
          key={step}
          aria-current={i === at ? 'step' : undefined}
          className={`flex flex-1 flex-col gap-1.5 border-t-4 pt-2 ${
            i <= at ? 'border-accent' : 'border-line'
          } ${i === at ? 'font-semibold' : 'text-soft'}`}
        >
          <span className="flex items-center gap-1.5">
            {i < at ? <Icon name="check" className="size-4 text-accent" /> : `${i + 1}.`}
            <span className={i === at ? '' : 'max-sm:sr-only'}>{t(`wizard.step.${step}`)}</span>
          </span>
        </li>
      ))}
    </ol>
  )
}

export function WizardPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  // A step whose input is missing (a reload in the middle of the upload) starts over.
  const wanted = search.step ?? 'upload'
  const needsImport = wanted === 'review' || wanted === 'plan'
  const step =
    (wanted === 'map' && !chosen) ||
    (needsImport && !search.import) ||
    (wanted === 'confirm' && !search.campaign)
      ? 'upload'
      : wanted
  const go = (next: Partial<typeof search>) => navigate({ search: (s) => ({ ...s, ...next }) })
  return (
    <div className="mx-auto max-w-4xl">
      <PageHeader title={t('wizard.title')}>
        <Link to="/campaigns" className="link text-sm">
          {t('wizard.leave')}
        </Link>
      </PageHeader>
      <Steps current={step} />
      {step === 'upload' && (
        <UploadStep
          lost={wanted === 'map'}
          onChosen={(next) => {
            setChosen(next)
            go({ step: 'map', import: undefined })
          }}
        />
      )}
      {step === 'map' && chosen && (
        <MapStep
          chosen={chosen}
          onMapping={(mapping) => setChosen({ ...chosen, mapping })}
          onBack={() => go({ step: 'upload' })}
          onStarted={(id) => go({ step: 'review', import: id })}
        />
      )}
      {step === 'review' && search.import && (
        <ReviewStep
          id={search.import}
          onBack={() => go({ step: 'upload', import: undefined })}
          onNext={() => go({ step: 'plan' })}
        />
      )}
      {step === 'plan' && search.import && (
        <PlanStep
          importId={search.import}
          campaignId={search.campaign}
          onBack={() => go({ step: 'review' })}
          onSaved={(campaign) => go({ step: 'confirm', campaign })}
        />
      )}
      {step === 'confirm' && search.campaign && (
        <ConfirmStep id={search.campaign} onBack={() => go({ step: 'plan' })} />
      )}
    </div>
  )
}
