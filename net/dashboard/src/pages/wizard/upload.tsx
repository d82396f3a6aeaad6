import { useMutation } from '@tanstack/react-query'
import { useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api'
import { fileBytesMax, previewBytes } from '../../lib/csv'
import { saveBlob } from '../../lib/download'
import { useMe } from '../../queries'
import { Button, Card, Note } from '../../ui/basics'
import { SelectField } from '../../ui/form'
import { Icon } from '../../ui/icons'
import { ProblemNote } from '../../ui/problem'
import { useLocale } from '../../ui/values'
import type { Chosen } from '../wizard'

const countries = ['IN', 'AE', 'AU', 'BD', 'DE', 'FR', 'GB', 'LK', 'NP', 'SA', 'SG', 'US']

export function UploadStep({
  lost,
  onChosen,
}: {
  lost: boolean
  onChosen: (chosen: Chosen) => void
}) {
  const { t } = useTranslation()
  const { tenant } = useMe()
  const names = new Intl.DisplayNames(useLocale(), { type: 'region' })
  const input = useRef<HTMLInputElement>(null)
  const [country, setCountry] = useState(tenant.default_country ?? 'IN')
  const [over, setOver] = useState(false)
  const [tooLarge, setTooLarge] = useState(false)
  const preview = useMutation({
    mutationFn: async (file: File) => {
      const found = await api.previewImport(file.slice(0, previewBytes), file.name, country)
      return { file, country, preview: found, mapping: found.mapping }
    },
    onSuccess: onChosen,
  })
  const template = useMutation({
    mutationFn: api.template,
    onSuccess: (blob) => saveBlob(blob, 'campaign.csv'),
  })
  const take = (file: File | undefined) => {
    if (!file) return
    setTooLarge(file.size > fileBytesMax)
    if (file.size <= fileBytesMax) preview.mutate(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  const known = countries.includes(country) ? countries : [country, ...countries]
  return (
    <Card title={t('wizard.upload.title')}>
      <div className="space-y-5">
        {lost && <Note tone="warn">{t('wizard.upload.lost')}</Note>}
        <p className="text-soft">{t('wizard.upload.lead')}</p>
        <SelectField
          className="max-w-xs"
          label={t('wizard.upload.country')}
          hint={t('wizard.upload.country_hint')}
          value={country}
          onChange={(e) => setCountry(e.target.value)}
          options={known.map((c) => ({ value: c, text: names.of(c) ?? c }))}
        />
        <div
          onDragOver={(e) => {
            e.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
          className={`flex flex-col items-center gap-3 rounded-xl border-2 border-dashed px-4 py-10 text-center ${
            over ? 'border-accent bg-accent-soft' : 'border-line-strong'
          }`}
        >
          <Icon name="upload" className="size-8 text-accent" />
          <p>{t('wizard.upload.drop')}</p>
          <Button look="primary" busy={preview.isPending} onClick={() => input.current?.click()}>
            {t('wizard.upload.choose')}
          </Button>
          <input
            ref={input}
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            aria-label={t('wizard.upload.choose')}
            tabIndex={-1}
            className="sr-only"
            onChange={(e) => {
              take(e.target.files?.[0])
              // The same file may be chosen again after it was repaired.
              e.target.value = ''
            }}
          />
          <p className="text-sm text-soft">{t('wizard.upload.limits')}</p>
        </div>
        {tooLarge && (
          <p role="alert" className="text-bad">
            {t('wizard.upload.too_large')}
          </p>
        )}
        <ProblemNote error={preview.error ?? template.error} />
        <Button icon="download" busy={template.isPending} onClick={() => template.mutate()}>
          {t('wizard.upload.template')}
        </Button>
      </div>
    </Card>
  )
}
