import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { can } from '../lib/roles'
import type { Contact, Suppression } from '../model'
import { pages, useMe } from '../queries'
import { Button, buttonClass, Chip, Empty, PageHeader } from '../ui/basics'
import { TextField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { StatusChip } from '../ui/status'
import { EndlessTable, type Column } from '../ui/table'
import { Tabs } from '../ui/tabs'
import { toast } from '../ui/toast'
import { Phone, When } from '../ui/values'
import { AddContact, ContactDialog, SuppressDialog } from './contact_dialogs'

const route = getRouteApi('/app/contacts')
const searchAfterMs = 250

function useContactColumns(onOpen: (contact: Contact) => void): Column<Contact>[] {
  const { t } = useTranslation()
  return useMemo(
    () => [
      {
        id: 'name',
        header: t('contacts.name'),
        cell: (c) => (
          <button type="button" onClick={() => onOpen(c)} className="text-left">
            <span className="block font-medium">{c.name}</span>
            <span className={c.name ? 'text-soft' : 'font-medium'}>
              <Phone value={c.phone} />
            </span>
          </button>
        ),
      },
      {
        id: 'status',
        header: t('common.status'),
        cell: (c) =>
          c.suppressed ? (
            <Chip tone="bad">{t('contacts.suppressed')}</Chip>
          ) : (
            <StatusChip kind="outcome" value={c.status} />
          ),
      },
      {
        id: 'tags',
        header: t('contacts.tags'),
        from: 'md',
        cell: (c) => (
          <span className="flex flex-wrap gap-1">
            {c.tags.map((tag) => (
              <Link
                key={tag}
                to="/contacts"
                search={{ tag }}
                className="rounded-md bg-sunken px-2 py-0.5 text-xs hover:text-accent"
              >
                {tag}
              </Link>
            ))}
          </span>
        ),
      },
      {
        id: 'called',
        header: t('contacts.last_called'),
        end: true,
        from: 'sm',
        cell: (c) => <When at={c.last_called_at} empty={t('contacts.never')} />,
      },
    ],
    [t, onOpen],
  )
}

function AllContacts() {
  const { t } = useTranslation()
  const { user } = useMe()
  const { q, tag } = route.useSearch()
  const navigate = route.useNavigate()
  const [text, setText] = useState(q ?? '')
  const [open, setOpen] = useState<Contact | null>(null)
  useEffect(() => {
    const wanted = text.trim() || undefined
    if (wanted === q) return
    const timer = setTimeout(
      () => navigate({ search: (s) => ({ ...s, q: wanted }), replace: true }),
      searchAfterMs,
    )
    return () => clearTimeout(timer)
  }, [text, q, navigate])
  const query = useInfiniteQuery(
    pages<Contact>(['contacts', q, tag], (cursor, signal) =>
      api.contacts({ limit: 50, cursor, q, tag }, signal),
    ),
  )
  return (
    <>
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <TextField
          className="w-full max-w-sm"
          label={t('contacts.search')}
          type="search"
          placeholder={t('contacts.search_hint')}
          value={text}
          onChange={(e) => setText(e.target.value)}
        />
        {tag && (
          <Button
            icon="cross"
            onClick={() => navigate({ search: (s) => ({ ...s, tag: undefined }) })}
          >
            {t('contacts.tag_filter', { tag })}
          </Button>
        )}
      </div>
      <EndlessTable
        key={`${q}|${tag}`}
        caption={t('nav.contacts')}
        columns={useContactColumns(setOpen)}
        query={query}
        rowId={(c) => c.id}
        empty={
          q || tag ? (
            <Empty icon="search" title={t('contacts.none')} text={t('contacts.none_text')} />
          ) : (
            <Empty icon="people" title={t('contacts.empty')} text={t('contacts.empty_text')}>
              {can(user.role, 'operator') && (
                <Link to="/campaigns/new" className={buttonClass('primary')}>
                  {t('contacts.upload')}
                </Link>
              )}
            </Empty>
          )
        }
      />
      {open && <ContactDialog contact={open} onClose={() => setOpen(null)} />}
    </>
  )
}

function Suppressed() {
  const { t } = useTranslation()
  const { user } = useMe()
  const client = useQueryClient()
  const admin = can(user.role, 'admin')
  const query = useInfiniteQuery(
    pages<Suppression>(['suppressions'], (cursor, signal) =>
      api.suppressions({ limit: 50, cursor }, signal),
    ),
  )
  const remove = useMutation({
    mutationFn: api.unsuppress,
    onSuccess: () => {
      toast(t('contacts.unsuppressed'))
      client.invalidateQueries({ queryKey: ['suppressions'] })
      client.invalidateQueries({ queryKey: ['contacts'] })
    },
  })
  const columns = useMemo<Column<Suppression>[]>(
    () => [
      { id: 'phone', header: t('contacts.phone'), cell: (s) => <Phone value={s.phone} /> },
      { id: 'reason', header: t('contacts.reason'), cell: (s) => s.reason },
      {
        id: 'since',
        header: t('contacts.since'),
        from: 'sm',
        cell: (s) => <When at={s.created_at} />,
      },
      {
        id: 'remove',
        header: t('common.actions'),
        end: true,
        cell: (s) =>
          admin && (
            <Button look="quiet" onClick={() => remove.mutate(s.phone)}>
              {t('common.remove')}
            </Button>
          ),
      },
    ],
    [t, admin, remove.mutate],
  )
  return (
    <>
      <p className="mb-4 max-w-2xl text-soft">{t('contacts.suppressed_lead')}</p>
      {remove.error && (
        <div className="mb-4">
          <ProblemNote error={remove.error} />
        </div>
      )}
      <EndlessTable
        caption={t('contacts.suppressed_list')}
        columns={columns}
        query={query}
        rowId={(s) => s.phone}
        empty={
          <Empty icon="block" title={t('contacts.no_suppressed')} text={t('contacts.no_suppressed_text')} />
        }
      />
    </>
  )
}

export function ContactsPage() {
  const { t } = useTranslation()
  const { user } = useMe()
  const { tab = 'all' } = route.useSearch()
  const navigate = route.useNavigate()
  const [adding, setAdding] = useState(false)
  const suppressed = tab === 'suppressed'
  const allowed = can(user.role, suppressed ? 'admin' : 'operator')
  return (
    <>
      <PageHeader title={t('nav.contacts')} lead={t('contacts.lead')}>
        {allowed && (
          <Button look="primary" icon={suppressed ? 'block' : 'plus'} onClick={() => setAdding(true)}>
            {t(suppressed ? 'contacts.suppress_number' : 'contacts.add')}
          </Button>
        )}
      </PageHeader>
      <Tabs
        label={t('nav.contacts')}
        value={tab}
        onChange={(value) => navigate({ search: { tab: value } })}
        items={[
          { value: 'all', text: t('contacts.all') },
          { value: 'suppressed', text: t('contacts.suppressed_list') },
        ]}
      />
      {suppressed ? <Suppressed /> : <AllContacts />}
      {adding &&
        (suppressed ? (
          <SuppressDialog onClose={() => setAdding(false)} />
        ) : (
          <AddContact onClose={() => setAdding(false)} />
        ))}
    </>
  )
}
