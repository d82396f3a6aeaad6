import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api, randomKey } from '../api'
import { can } from '../lib/roles'
import type { LedgerEntry } from '../model'
import { balanceQuery, pages, useMe } from '../queries'
import { Button, Chip, Empty, PageHeader, Skeleton, type Tone } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { TextField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { useWord } from '../ui/status'
import { EndlessTable, type Column } from '../ui/table'
import { toast } from '../ui/toast'
import { Credits, When } from '../ui/values'

const tones: Record<string, Tone> = {
  topup: 'ok',
  charge: 'info',
  hold: 'warn',
  release: 'neutral',
  adjust: 'neutral',
}

function Balance() {
  const { t } = useTranslation()
  const balance = useQuery(balanceQuery)
  if (balance.isPending) return <Skeleton rows={2} />
  if (balance.error)
    return <ProblemNote error={balance.error} onRetry={() => balance.refetch()} />
  const items = [
    ['balance', balance.data.balance_micros],
    ['held', balance.data.held_micros],
  ] as const
  return (
    <dl className="mb-5 grid gap-3 sm:grid-cols-2 lg:max-w-2xl">
      {items.map(([name, micros]) => (
        <div key={name} className="card p-4">
          <dt className="text-sm text-soft">{t(`billing.${name}`)}</dt>
          <dd className="mt-1 text-2xl font-semibold" data-testid={`credits-${name}`}>
            <Credits micros={micros} />
          </dd>
          <dd className="text-xs text-soft">{t(`billing.${name}_hint`)}</dd>
        </div>
      ))}
    </dl>
  )
}

function TopUp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [credits, setCredits] = useState('')
  // One reference for this window: pressing twice books once.
  const [reference, setReference] = useState(() => `web-${randomKey().slice(0, 12)}`)
  const topUp = useMutation({
    mutationFn: () =>
      api.topUp({ amount_micros: Math.round(Number(credits) * 1_000_000), reference }),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['balance'] })
      client.invalidateQueries({ queryKey: ['ledger'] })
      toast(t('billing.topped_up'))
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    topUp.mutate()
  }
  return (
    <Dialog title={t('billing.topup')} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label={t('billing.amount')}
          type="number"
          required
          autoFocus
          min={1}
          max={1_000_000}
          step="0.01"
          value={credits}
          onChange={(e) => setCredits(e.target.value)}
        />
        <TextField
          label={t('billing.reference')}
          hint={t('billing.reference_hint')}
          required
          maxLength={80}
          value={reference}
          onChange={(e) => setReference(e.target.value)}
        />
        <ProblemNote error={topUp.error} />
        <Button type="submit" look="primary" busy={topUp.isPending}>
          {t('billing.topup')}
        </Button>
      </form>
    </Dialog>
  )
}

/** How an entry moves the balance: what a call used comes out of what was held for it before. */
function Amount({ entry }: { entry: LedgerEntry }) {
  const size = Math.abs(entry.amount_micros)
  if (entry.kind === 'charge') return <Credits micros={size} />
  if (entry.kind === 'hold') return <Credits micros={-size} sign />
  return <Credits micros={entry.amount_micros} sign />
}

function useColumns(): Column<LedgerEntry>[] {
  const { t } = useTranslation()
  const word = useWord()
  return useMemo(
    () => [
      { id: 'at', header: t('billing.at'), cell: (e) => <When at={e.at} /> },
      {
        id: 'kind',
        header: t('billing.kind'),
        cell: (e) => <Chip tone={tones[e.kind] ?? 'neutral'}>{word('ledger', e.kind)}</Chip>,
      },
      {
        id: 'ref',
        header: t('billing.ref'),
        from: 'sm',
        cell: (e) =>
          e.ref?.startsWith('call_') ? (
            <Link to="/calls/$id" params={{ id: e.ref }} className="link">
              {t('billing.call')}
            </Link>
          ) : (
            <span className="break-all text-soft">{e.ref ?? e.key.replace(/^\w+:/, '')}</span>
          ),
      },
      {
        id: 'amount',
        header: t('billing.amount'),
        end: true,
        cell: (e) => <Amount entry={e} />,
      },
    ],
    [t, word],
  )
}

export function BillingPage() {
  const { t } = useTranslation()
  const { user } = useMe()
  const [adding, setAdding] = useState(false)
  const query = useInfiniteQuery(
    pages<LedgerEntry>(['ledger'], (cursor, signal) => api.ledger({ limit: 50, cursor }, signal)),
  )
  return (
    <>
      <PageHeader title={t('nav.billing')} lead={t('billing.lead')}>
        {can(user.role, 'admin') && (
          <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
            {t('billing.topup')}
          </Button>
        )}
      </PageHeader>
      <Balance />
      <h2 className="font-semibold">{t('billing.ledger')}</h2>
      <p className="mb-3 max-w-2xl text-sm text-soft">{t('billing.ledger_hint')}</p>
      <EndlessTable
        caption={t('billing.ledger')}
        columns={useColumns()}
        query={query}
        rowId={(e) => e.key}
        empty={<Empty icon="card" title={t('billing.empty')} text={t('billing.empty_text')} />}
      />
      {adding && <TopUp onClose={() => setAdding(false)} />}
    </>
  )
}
