import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api'
import {
  assign,
  columnViews,
  contactFields,
  fullMapping,
  variableName,
  type ContactField,
  type Mapping,
} from '../../lib/csv'
import { Button, Card, Note } from '../../ui/basics'
import { ProblemNote } from '../../ui/problem'
import type { Chosen } from '../wizard'

export function MapStep({
  chosen,
  onMapping,
  onBack,
  onStarted,
}: {
  chosen: Chosen
  onMapping: (mapping: Mapping) => void
  onBack: () => void
  onStarted: (importId: string) => void
}) {
  const { t } = useTranslation()
  const { preview, mapping } = chosen
  const views = columnViews(preview, mapping)
  const start = useMutation({
    mutationFn: () => api.startImport(chosen.file, chosen.country, fullMapping(mapping)),
    onSuccess: ({ id }) => onStarted(id),
  })
  const delimiters: Record<string, string> = { '\t': 'tab', ',': 'comma', ';': 'semicolon' }
  const delimiter = delimiters[preview.delimiter] ?? preview.delimiter
  return (
    <Card title={t('wizard.map.title')}>
      <div className="space-y-4">
        <p className="text-soft">
          {t('wizard.map.file', {
            file: chosen.file.name,
            columns: preview.columns.length,
            delimiter: t(`wizard.map.delimiter.${delimiter}`, { defaultValue: delimiter }),
            encoding: preview.encoding,
          })}
        </p>
        <div className="overflow-x-auto">
          <table className="w-full text-sm">
            <caption className="sr-only">{t('wizard.map.title')}</caption>
            <thead>
              <tr className="border-b border-line text-left text-xs text-soft">
                <th scope="col" className="py-2 pr-3 font-semibold">
                  {t('wizard.map.column')}
                </th>
                <th scope="col" className="hidden py-2 pr-3 font-semibold sm:table-cell">
                  {t('wizard.map.samples')}
                </th>
                <th scope="col" className="py-2 font-semibold">
                  {t('wizard.map.becomes')}
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {views.map((view) => (
                <tr key={view.column}>
                  <th scope="row" className="max-w-40 py-2.5 pr-3 text-left font-medium break-words">
                    {view.column}
                    <span className="block font-normal text-soft sm:hidden">{view.samples[0]}</span>
                  </th>
                  <td className="hidden py-2.5 pr-3 text-soft sm:table-cell">
                    {view.samples.join(' · ') || t('wizard.map.no_samples')}
                  </td>
                  <td className="py-2.5">
                    <select
                      aria-label={t('wizard.map.becomes_of', { column: view.column })}
                      value={view.field ?? ''}
                      onChange={(e) =>
                        onMapping(
                          assign(mapping, view.column, (e.target.value || null) as ContactField | null),
                        )
                      }
                      className="control min-w-36"
                    >
                      <option value="">
                        {view.field || view.variable
                          ? t('wizard.map.variable', {
                              name: `{{${view.variable ?? variableName(view.column)}}}`,
                            })
                          : t('wizard.map.unused')}
                      </option>
                      {contactFields.map((field) => (
                        <option key={field} value={field}>
                          {t(`wizard.map.field.${field}`)}
                        </option>
                      ))}
                    </select>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {mapping.phone ? (
          <p className="text-sm text-soft">{t('wizard.map.variables_hint')}</p>
        ) : (
          <Note tone="warn">{t('wizard.map.no_phone')}</Note>
        )}
        <ProblemNote error={start.error} />
        <div className="flex flex-wrap justify-between gap-2">
          <Button onClick={onBack}>{t('common.back')}</Button>
          <Button
            look="primary"
            disabled={!mapping.phone}
            busy={start.isPending}
            onClick={() => start.mutate()}
          >
            {t('wizard.map.start')}
          </Button>
        </div>
      </div>
    </Card>
  )
}
