import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api'
import { firstRowVariables } from '../../lib/csv'
import type { Import } from '../../model'
import { Button, Card } from '../../ui/basics'
import { TextField } from '../../ui/form'
import { ProblemNote } from '../../ui/problem'

/** Calls one's own number with the data of the file's first row. */
export function TestCall({ agentId, file }: { agentId: string; file: Import }) {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const call = useMutation({
    mutationFn: () =>
      api.placeCall({
        to: to.replace(/[\s()-]/g, ''),
        agent_id: agentId,
        variables: firstRowVariables(file, file.mapping),
      }),
  })
  return (
    <Card title={t('wizard.test.title')}>
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          className="w-full max-w-xs"
          label={t('wizard.test.number')}
          type="tel"
          autoComplete="tel"
          placeholder="+91 98765 43210"
          value={to}
          onChange={(e) => setTo(e.target.value)}
        />
        <Button
          icon="phone"
          disabled={!to || !agentId}
          busy={call.isPending}
          onClick={() => call.mutate()}
        >
          {t('wizard.test.call')}
        </Button>
      </div>
      <p className="mt-2 text-sm text-soft">{t('wizard.test.hint')}</p>
      {call.data && (
        <p role="status" className="mt-2 text-sm">
          {t('wizard.test.placed')}{' '}
          <Link to="/calls/$id" params={{ id: call.data.id }} target="_blank" className="link">
            {t('wizard.test.open')}
          </Link>
        </p>
      )}
      {call.error && (
        <div className="mt-3">
          <ProblemNote error={call.error} />
        </div>
      )}
    </Card>
  )
}
