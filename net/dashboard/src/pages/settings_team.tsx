import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { problemOf } from '../lib/errors'
import { can } from '../lib/roles'
import type { Role } from '../model'
import { useMe } from '../queries'
import { Button, Card, Chip, Note, Skeleton } from '../ui/basics'
import { Dialog } from '../ui/dialog'
import { errorFor, SelectField, TextField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { toast } from '../ui/toast'

const roles: Role[] = ['viewer', 'operator', 'admin']
const passwordMin = 12

function AddUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form, setForm] = useState({ email: '', password: '', role: 'operator' as Role })
  const add = useMutation({
    mutationFn: () => api.addUser(form),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ['users'] })
      toast(t('settings.user_added'))
      onClose()
    },
  })
  const fields = add.error ? problemOf(add.error).fields : []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <Dialog title={t('settings.add_user')} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label={t('login.email')}
          type="email"
          required
          autoFocus
          autoComplete="off"
          value={form.email}
          error={errorFor(fields, 'email')}
          onChange={(e) => setForm({ ...form, email: e.target.value })}
        />
        <TextField
          label={t('login.password')}
          type="password"
          required
          minLength={passwordMin}
          autoComplete="new-password"
          hint={t('register.password_hint', { count: passwordMin })}
          value={form.password}
          error={errorFor(fields, 'password')}
          onChange={(e) => setForm({ ...form, password: e.target.value })}
        />
        <SelectField
          label={t('settings.role')}
          hint={t(`settings.role_hint.${form.role}`)}
          value={form.role}
          onChange={(e) => setForm({ ...form, role: e.target.value as Role })}
          options={roles.map((role) => ({ value: role, text: t(`user_role.${role}`) }))}
        />
        <ProblemNote error={add.error} />
        <Button type="submit" look="primary" busy={add.isPending}>
          {t('settings.add_user')}
        </Button>
      </form>
    </Dialog>
  )
}

export function Team() {
  const { t } = useTranslation()
  const { user } = useMe()
  const [adding, setAdding] = useState(false)
  const admin = can(user.role, 'admin')
  const users = useQuery({ queryKey: ['users'], queryFn: () => api.users(), enabled: admin })
  if (!admin) return <Note>{t('settings.read_only')}</Note>
  return (
    <Card
      title={t('settings.team')}
      aside={
        <Button look="primary" icon="plus" onClick={() => setAdding(true)}>
          {t('settings.add_user')}
        </Button>
      }
    >
      {users.isPending && <Skeleton />}
      <ProblemNote error={users.error} onRetry={() => users.refetch()} />
      <ul className="divide-y divide-line">
        {users.data?.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-2 py-2.5">
            <span className="min-w-0 break-all">{one.email}</span>
            <Chip>{t(`user_role.${one.role}`)}</Chip>
          </li>
        ))}
      </ul>
      {adding && <AddUser onClose={() => setAdding(false)} />}
    </Card>
  )
}
