/** The pages and what their addresses may carry: filters, tabs and steps live in the URL. */
import { QueryClient } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { retryRead, retryWaitMs } from './lib/errors'
import { meQuery } from './queries'
import { session } from './session'
import { Layout } from './ui/layout'
import { NotFound, PageError, PageWaiting } from './ui/page_states'

export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, gcTime: 300_000, retry: retryRead, retryDelay: retryWaitMs },
    mutations: { retry: false },
  },
})

type Search = Record<string, unknown>
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? `${value}` : undefined

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value)
}

/** Every part of a search may be missing. */
const optional = <T extends object>(search: T): Partial<T> => search

/** A way back after login; only paths of this site. */
const ownPath = (value: unknown) =>
  typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : undefined

const root = createRootRoute({ notFoundComponent: NotFound })

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (s: Search) => optional({ next: ownPath(s.next) }),
  component: lazyRouteComponent(() => import('./pages/login'), 'LoginPage'),
})

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  component: lazyRouteComponent(() => import('./pages/login'), 'RegisterPage'),
})

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: Layout,
  beforeLoad: async ({ location }) => {
    if (!(await session.ready()))
      throw redirect({ to: '/login', search: { next: location.href } })
    await queries.ensureQueryData(meQuery)
  },
})

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/home'), 'HomePage'),
})

const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('./pages/campaigns'), 'CampaignsPage'),
})

export const wizardSteps = ['upload', 'map', 'review', 'plan', 'confirm'] as const

const campaignNew = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/new',
  validateSearch: (s: Search) => optional({
    step: oneOf(s.step, wizardSteps),
    import: text(s.import),
    campaign: text(s.campaign),
  }),
  component: lazyRouteComponent(() => import('./pages/wizard'), 'WizardPage'),
})

const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id',
  validateSearch: (s: Search) => optional({
    tab: oneOf(s.tab, ['progress', 'contacts'] as const),
    state: text(s.state),
    explain: text(s.explain),
  }),
  component: lazyRouteComponent(() => import('./pages/campaign'), 'CampaignPage'),
})

const calls = createRoute({
  getParentRoute: () => app,
  path: '/calls',
  validateSearch: (s: Search) => optional({
    status: text(s.status),
    direction: oneOf(s.direction, ['inbound', 'outbound'] as const),
    campaign: text(s.campaign),
  }),
  component: lazyRouteComponent(() => import('./pages/calls'), 'CallsPage'),
})

const call = createRoute({
  getParentRoute: () => app,
  path: '/calls/$id',
  component: lazyRouteComponent(() => import('./pages/call'), 'CallPage'),
})

const contacts = createRoute({
  getParentRoute: () => app,
  path: '/contacts',
  validateSearch: (s: Search) => optional({
    tab: oneOf(s.tab, ['all', 'suppressed'] as const),
    q: text(s.q),
    tag: text(s.tag),
  }),
  component: lazyRouteComponent(() => import('./pages/contacts'), 'ContactsPage'),
})

const testCall = createRoute({
  getParentRoute: () => app,
  path: '/test-call',
  validateSearch: (s: Search) => optional({ agent: text(s.agent) }),
  component: lazyRouteComponent(() => import('./pages/test_call'), 'TestCallPage'),
})

const billing = createRoute({
  getParentRoute: () => app,
  path: '/billing',
  component: lazyRouteComponent(() => import('./pages/billing'), 'BillingPage'),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  validateSearch: (s: Search) => optional({
    tab: oneOf(s.tab, ['organisation', 'team', 'display'] as const),
  }),
  component: lazyRouteComponent(() => import('./pages/settings'), 'SettingsPage'),
})

const tree = root.addChildren([
  login,
  register,
  app.addChildren([
    home,
    campaigns,
    campaignNew,
    campaign,
    calls,
    call,
    contacts,
    testCall,
    billing,
    settings,
  ]),
])

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  defaultPendingComponent: PageWaiting,
  // A page that comes at once shows no waiting state.
  defaultPendingMs: 300,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
