import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { problemOf } from '../lib/errors'
import type { Session } from '../model'
import { meQuery } from '../queries'
import { queries } from '../router'
import { session } from '../session'
import { Button } from '../ui/basics'
import { errorFor, TextField } from '../ui/form'
import { Front } from '../ui/layout'
import { ProblemNote } from '../ui/problem'

const passwordMin = 12

function useEnter(next: string | undefined) {
  const navigate = useNavigate()
  const router = useRouter()
  return (opened: Session) => {
    session.open(opened)
    queries.setQueryData(meQuery.queryKey, { user: opened.user, tenant: opened.tenant })
    if (next) router.history.push(next)
    else navigate({ to: '/' })
  }
}

export function LoginPage() {
  const { t } = useTranslation()
  const { next } = useSearch({ from: '/login' })
  const enter = useEnter(next)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const login = useMutation({ mutationFn: api.login, onSuccess: enter })
  const wrong = login.error && problemOf(login.error).kind === 'unauthorized'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    login.mutate({ email, password })
  }
  return (
    <Front title={t('login.title')}>
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label={t('login.email')}
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(e) => setEmail(e.target.value)}
        />
        <TextField
          label={t('login.password')}
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
        {wrong ? (
          <p role="alert" className="rounded-lg bg-bad-soft px-4 py-3 text-sm text-bad">
            {t('login.wrong')}
          </p>
        ) : (
          <ProblemNote error={login.error} />
        )}
        <Button type="submit" look="primary" className="w-full" busy={login.isPending}>
          {t('login.submit')}
        </Button>
        <p className="text-center text-sm text-soft">
          {t('login.no_account')}{' '}
          <Link to="/register" className="link">
            {t('login.to_register')}
          </Link>
        </p>
      </form>
    </Front>
  )
}

export function RegisterPage() {
  const { t } = useTranslation()
  const enter = useEnter(undefined)
  const [form, setForm] = useState({ tenant_name: '', email: '', password: '' })
  const register = useMutation({ mutationFn: api.register, onSuccess: enter })
  const problems = register.error ? problemOf(register.error).fields : []
  const field = (name: keyof typeof form) => ({
    value: form[name],
    required: true,
    error: errorFor(problems, name),
    onChange: (e: { target: { value: string } }) => setForm({ ...form, [name]: e.target.value }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    register.mutate(form)
  }
  return (
    <Front title={t('register.title')}>
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label={t('register.tenant_name')}
          autoComplete="organization"
          maxLength={120}
          {...field('tenant_name')}
        />
        <TextField label={t('login.email')} type="email" autoComplete="username" {...field('email')} />
        <TextField
          label={t('login.password')}
          type="password"
          autoComplete="new-password"
          minLength={passwordMin}
          hint={t('register.password_hint', { count: passwordMin })}
          {...field('password')}
        />
        <ProblemNote error={register.error} />
        <Button type="submit" look="primary" className="w-full" busy={register.isPending}>
          {t('register.submit')}
        </Button>
        <p className="text-center text-sm text-soft">
          {t('register.have_account')}{' '}
          <Link to="/login" className="link">
            {t('login.submit')}
          </Link>
        </p>
      </form>
    </Front>
  )
}
