import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { languages, setLanguage, type Language } from '../i18n'
import { balanceQuery, useMe } from '../queries'
import { session } from '../session'
import { setTheme, themes, useTheme, type Theme } from '../theme'
import { Button, buttonClass } from './basics'
import { Icon, Logo, type IconName } from './icons'
import { Credits } from './values'

const links: { to: string; text: string; icon: IconName }[] = [
  { to: '/', text: 'nav.home', icon: 'home' },
  { to: '/campaigns', text: 'nav.campaigns', icon: 'campaign' },
  { to: '/calls', text: 'nav.calls', icon: 'phone' },
  { to: '/contacts', text: 'nav.contacts', icon: 'people' },
  { to: '/test-call', text: 'nav.test_call', icon: 'microphone' },
  { to: '/billing', text: 'nav.billing', icon: 'card' },
  { to: '/settings', text: 'nav.settings', icon: 'settings' },
]

function NavLinks({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation()
  return (
    <ul className="space-y-0.5">
      {links.map((link) => (
        <li key={link.to}>
          <Link
            to={link.to}
            onClick={onGo}
            activeOptions={{ exact: link.to === '/', includeSearch: false }}
            className="flex min-h-10 items-center gap-3 rounded-lg px-3 text-sm font-medium text-soft
              hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
          >
            <Icon name={link.icon} className="size-5" />
            {t(link.text)}
          </Link>
        </li>
      ))}
    </ul>
  )
}

export function LanguageSelect() {
  const { t, i18n } = useTranslation()
  return (
    <select
      aria-label={t('display.language')}
      value={i18n.language}
      onChange={(event) => setLanguage(event.target.value as Language)}
      className="control"
    >
      {Object.entries(languages).map(([value, text]) => (
        <option key={value} value={value} lang={value}>
          {text}
        </option>
      ))}
    </select>
  )
}

export function ThemeSelect() {
  const { t } = useTranslation()
  return (
    <select
      aria-label={t('display.theme')}
      value={useTheme()}
      onChange={(event) => setTheme(event.target.value as Theme)}
      className="control"
    >
      {themes.map((value) => (
        <option key={value} value={value}>
          {t(`display.themes.${value}`)}
        </option>
      ))}
    </select>
  )
}

function Account() {
  const { t } = useTranslation()
  const { user, tenant } = useMe()
  const balance = useQuery(balanceQuery).data
  return (
    <div className="space-y-3 border-t border-line pt-4 text-sm">
      {balance && (
        <Link to="/billing" className="flex justify-between rounded-lg bg-sunken px-3 py-2">
          <span className="text-soft">{t('billing.balance')}</span>
          <span className="font-semibold">
            <Credits micros={balance.balance_micros} />
          </span>
        </Link>
      )}
      <div className="px-1">
        <p className="truncate font-medium">{tenant.name}</p>
        <p className="truncate text-soft" title={user.email}>
          {user.email}
        </p>
      </div>
      <div className="grid grid-cols-2 gap-2">
        <LanguageSelect />
        <ThemeSelect />
      </div>
      <Button
        look="quiet"
        icon="out"
        className="w-full"
        onClick={async () => {
          await session.close()
          // A fresh load leaves nothing of this user's data in memory.
          location.assign('/login')
        }}
      >
        {t('nav.log_out')}
      </Button>
    </div>
  )
}

function Drawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const ref = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      aria-label={t('nav.menu')}
      onCancel={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
      className="!m-0 h-dvh max-h-none w-72 max-w-[85vw] border-r border-line bg-surface p-0 text-ink"
    >
      <nav className="flex h-full flex-col justify-between gap-6 overflow-y-auto p-4">
        <div>
          <div className="mb-5 flex items-center justify-between">
            <Logo />
            <button
              type="button"
              aria-label={t('common.close')}
              onClick={onClose}
              className="rounded-md p-2 text-soft hover:bg-sunken"
            >
              <Icon name="cross" />
            </button>
          </div>
          <NavLinks onGo={onClose} />
        </div>
        <Account />
      </nav>
    </dialog>
  )
}

/** The frame of every page after login: navigation at the left, a top bar on small screens. */
export function Layout() {
  const { t } = useTranslation()
  const [drawer, setDrawer] = useState(false)
  const path = useRouterState({ select: (s) => s.location.pathname })
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    // A page change is read out from its start, as a loaded page would be.
    if (!first.current) main.current?.focus({ preventScroll: true })
    first.current = false
  }, [path])
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15.5rem_1fr]">
      <a
        href="#main"
        className={`${buttonClass('primary')} fixed top-2 left-2 z-50 not-focus:sr-only`}
      >
        {t('nav.skip')}
      </a>
      <header
        className="sticky top-0 z-30 flex items-center justify-between border-b border-line bg-surface px-4 py-2.5
          lg:hidden"
      >
        <Logo />
        <button
          type="button"
          aria-label={t('nav.menu')}
          aria-expanded={drawer}
          onClick={() => setDrawer(true)}
          className="rounded-md p-2 hover:bg-sunken"
        >
          <Icon name="menu" className="size-5" />
        </button>
      </header>
      {drawer && <Drawer onClose={() => setDrawer(false)} />}
      <nav
        aria-label={t('nav.menu')}
        className="sticky top-0 hidden h-dvh flex-col justify-between gap-6 overflow-y-auto border-r border-line
          bg-surface p-4 lg:flex"
      >
        <div>
          <div className="mb-6 px-2 pt-1">
            <Logo />
          </div>
          <NavLinks />
        </div>
        <Account />
      </nav>
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl min-w-0 px-4 py-6 outline-none sm:px-6 lg:px-8 lg:py-8"
      >
        <Outlet />
      </main>
    </div>
  )
}

/** The frame of the pages before login. */
export function Front({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex justify-center">
          <Logo />
        </div>
        <div className="card p-6">
          <h1 className="mb-4 text-xl font-semibold tracking-tight">{title}</h1>
          {children}
        </div>
        <div className="mx-auto mt-4 grid max-w-64 grid-cols-2 gap-2">
          <LanguageSelect />
          <ThemeSelect />
        </div>
      </div>
    </main>
  )
}
