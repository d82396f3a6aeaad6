import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { problemOf } from '../lib/errors'
import { can } from '../lib/roles'
import type { Contact } from '../model'
import { useMe } from '../queries'
import { Button, Facts } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { errorFor, TextField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { toast } from '../ui/toast'
import { Phone, When } from '../ui/values'

/** People type spaces, brackets and dashes in numbers; the API takes E.164. */
const bare = (phone: string) => phone.replace(/[\s().-]/g, '')

export function AddContact({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form, setForm] = useState({ phone: '', name: '' })
  const add = useMutation({
    mutationFn: () =>
      api.addContact({ phone: bare(form.phone), ...(form.name ? { name: form.name } : {}) }),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['contacts'] })
      toast(t('contacts.added'))
      onClose()
    },
  })
  const fields = add.error ? problemOf(add.error).fields : []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Dialog title={t('contacts.add')} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label={t('contacts.phone')}
          type="tel"
          required
          autoFocus
          placeholder="+91 98765 43210"
          value={form.phone}
          error={errorFor(fields, 'phone')}
          onChange={(e) => setForm({ ...form, phone: e.target.value })}
        />
        <TextField
          label={t('contacts.name')}
          maxLength={120}
          value={form.name}
          error={errorFor(fields, 'name')}
          onChange={(e) => setForm({ ...form, name: e.target.value })}
        />
        <ProblemNote error={add.error} />
        <Button type="submit" look="primary" busy={add.isPending}>
          {t('common.save')}
        </Button>
      </form>
    </Dialog>
  )
}

export function SuppressDialog({ phone = '', onClose }: { phone?: string; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form, setForm] = useState({ phone, reason: '' })
  const suppress = useMutation({
    mutationFn: () => api.suppress({ phone: bare(form.phone), reason: form.reason }),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['suppressions'] })
      client.invalidateQueries({ queryKey: ['contacts'] })
      toast(t('contacts.suppressed_done'))
      onClose()
    },
  })
  const fields = suppress.error ? problemOf(suppress.error).fields : []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    suppress.mutate()
  }
  return (
    <Dialog title={t('contacts.suppress_number')} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <p className="text-soft">{t('contacts.suppress_text')}</p>
        <TextField
          label={t('contacts.phone')}
          type="tel"
          required
          placeholder="+91 98765 43210"
          value={form.phone}
          error={errorFor(fields, 'phone')}
          onChange={(e) => setForm({ ...form, phone: e.target.value })}
        />
        <TextField
          label={t('contacts.reason')}
          required
          maxLength={200}
          value={form.reason}
          error={errorFor(fields, 'reason')}
          onChange={(e) => setForm({ ...form, reason: e.target.value })}
        />
        <ProblemNote error={suppress.error} />
        <Button type="submit" look="danger" icon="block" busy={suppress.isPending}>
          {t('contacts.suppress')}
        </Button>
      </form>
    </Dialog>
  )
}

function EraseDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const erase = useMutation({
    mutationFn: () => api.eraseContact(contact.id),
    onSuccess: () => {
      client.invalidateQueries()
      toast(t('contacts.erased'))
      onClose()
    },
  })
  return (
    <Dialog
      title={t('contacts.erase')}
      onClose={onClose}
      footer={
        <Button look="danger" busy={erase.isPending} onClick={() => erase.mutate()}>
          {t('contacts.erase_confirm')}
        </Button>
      }
    >
      <div className="space-y-4">
        <p>{t('contacts.erase_text', { who: contact.name || contact.phone })}</p>
        <ProblemNote error={erase.error} />
      </div>
    </Dialog>
  )
}

export function ContactDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useTranslation()
  const { user } = useMe()
  const [wish, setWish] = useState<'suppress' | 'erase' | null>(null)
  if (wish === 'suppress') return <SuppressDialog phone={contact.phone} onClose={onClose} />
  if (wish === 'erase') return <EraseDialog contact={contact} onClose={onClose} />
  return (
    <Dialog
      title={contact.name || t('contacts.contact')}
      onClose={onClose}
      footer={
        can(user.role, 'admin') && (
          <>
            <Button onClick={() => setWish('erase')}>{t('contacts.erase')}</Button>
            {!contact.suppressed && (
              <Button look="danger" icon="block" onClick={() => setWish('suppress')}>
                {t('contacts.suppress')}
              </Button>
            )}
          </>
        )
      }
    >
      <Facts
        items={[
          [t('contacts.phone'), <Phone value={contact.phone} />],
          [t('contacts.zone'), contact.time_zone ?? '–'],
          [t('contacts.tags'), contact.tags.join(', ') || '–'],
          [t('contacts.last_called'), <When at={contact.last_called_at} />],
          [t('common.created'), <When at={contact.created_at} />],
          ...Object.entries(contact.variables ?? {}).map(([name, value]): [string, string] => [
            `{{${name}}}`,
            String(value),
          ]),
        ]}
      />
    </Dialog>
  )
}
