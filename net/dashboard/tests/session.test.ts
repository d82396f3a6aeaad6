import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const fetched = vi.fn<typeof fetch>()
const ok = (data: unknown) => Response.json({ success: true, data, error: null })
const refused = (status: number) =>
  Response.json({ success: false, data: null, error: { code: 'x', message: '' } }, { status })
const pair = (n: number) => ({ token: `access-${n}`, refresh_token: `refresh-${n}` })

const stored = new Map<string, string>()
const storage = {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
  removeItem: (key: string) => void stored.delete(key),
}
const refreshes = () =>
  fetched.mock.calls.filter(([path]) => path === '/api/auth/refresh').map(([, o]) => o!.body)

/** A fresh page: modules start over, storage stays as a reload leaves it. */
async function load() {
  vi.resetModules()
  const [{ session }, { api }] = await Promise.all([
    import('../src/session'),
    import('../src/api'),
  ])
  return { session, api }
}

beforeEach(() => {
  stored.clear()
  fetched.mockReset()
  vi.stubGlobal('fetch', fetched)
  vi.stubGlobal('sessionStorage', storage)
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('BroadcastChannel', undefined)
})
afterEach(() => vi.unstubAllGlobals())

test('requests that see a 401 together renew the session once', async () => {
  const { session, api } = await load()
  session.open(pair(1))
  fetched.mockImplementation(async (path, o) => {
    if (path === '/api/auth/refresh') return ok(pair(2))
    const fresh = new Headers(o!.headers).get('Authorization') === 'Bearer access-2'
    return fresh ? ok({ path }) : refused(401)
  })
  await Promise.all([api.balance(), api.agents(), api.users()])
  expect(refreshes()).toEqual(['{"refresh_token":"refresh-1"}'])
  expect(stored.get('caly.refresh')).toBe('refresh-2')
})

test('a reload takes the session up again with the stored token', async () => {
  stored.set('caly.refresh', 'refresh-1')
  const { session, api } = await load()
  fetched.mockImplementation(async (path) =>
    ok(path === '/api/auth/refresh' ? pair(2) : { balance_micros: 1 }),
  )
  expect(await Promise.all([session.ready(), session.ready()])).toEqual([true, true])
  expect(refreshes()).toHaveLength(1)
  await api.balance()
  expect(new Headers(fetched.mock.calls.at(-1)![1]!.headers).get('Authorization')).toBe(
    'Bearer access-2',
  )
})

test('a refused renewal ends the session and forgets the token', async () => {
  const { session, api } = await load()
  const over = vi.fn()
  session.onOver(over)
  session.open(pair(1))
  fetched.mockResolvedValue(refused(401))
  await expect(api.balance()).rejects.toMatchObject({ status: 401 })
  expect(over).toHaveBeenCalledOnce()
  expect(stored.size).toBe(0)
  expect(await session.ready()).toBe(false)
})

test('a server that cannot be reached does not end the session', async () => {
  stored.set('caly.refresh', 'refresh-1')
  const { session } = await load()
  fetched.mockResolvedValue(refused(503))
  await expect(session.ready()).rejects.toMatchObject({ status: 503 })
  expect(stored.get('caly.refresh')).toBe('refresh-1')
})

test('logging out tells the server and leaves nothing behind', async () => {
  const { session } = await load()
  session.open(pair(1))
  fetched.mockResolvedValue(ok({}))
  await session.close()
  expect(fetched.mock.calls[0]![0]).toBe('/api/auth/logout')
  expect(stored.size).toBe(0)
  expect(await session.ready()).toBe(false)
})
