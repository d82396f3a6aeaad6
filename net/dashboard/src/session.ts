/**
 * Who is logged in. The access token lives in memory only. The refresh token also goes to
 * sessionStorage: a reload must not log people out, and unlike localStorage it ends with the tab
 * and is never written for other tabs. What protects it is the content security policy (no inline
 * or foreign script) and rotation: a stolen token that is used after ours ends the whole family.
 *
 * Tabs share one family, and a token may be used once: renewals take turns under a Web Lock, and a
 * BroadcastChannel hands the new pair to the other tabs (and to a tab that was opened by ctrl-click).
 */
import { api, ApiError, useTokenSource } from './api'
import type { Tokens } from './model'

const storageKey = 'caly.refresh'
const askWaitMs = 150

type Note = { kind: 'ask' } | { kind: 'pair'; pair: Tokens } | { kind: 'over' }

let access: string | null = null
let refresh: string | null = sessionStorage.getItem(storageKey)
let renewal: Promise<boolean> | null = null
let onOver: () => void = () => {}
let heard: () => void = () => {}

const channel = globalThis.BroadcastChannel ? new BroadcastChannel('caly.session') : null
const tell = (note: Note) => channel?.postMessage(note)

function keep(pair: Tokens | null) {
  access = pair?.token ?? null
  refresh = pair?.refresh_token ?? null
  if (refresh) sessionStorage.setItem(storageKey, refresh)
  else sessionStorage.removeItem(storageKey)
}

channel?.addEventListener('message', ({ data: note }: MessageEvent<Note>) => {
  if (note.kind === 'ask' && access && refresh)
    tell({ kind: 'pair', pair: { token: access, refresh_token: refresh } })
  if (note.kind === 'pair') {
    keep(note.pair)
    heard()
  }
  if (note.kind === 'over' && refresh) {
    keep(null)
    onOver()
  }
})

/** Asks the other tabs for their session; answers whether one came in time. */
function askOthers(): Promise<boolean> {
  if (!channel) return Promise.resolve(false)
  return new Promise((done) => {
    const timer = setTimeout(() => done(false), askWaitMs)
    heard = () => {
      clearTimeout(timer)
      done(access !== null)
    }
    tell({ kind: 'ask' })
  })
}

/** Runs one at a time over all tabs; Web Locks exist only on https and localhost. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? await navigator.locks.request('caly.renew', work) : work()
}

async function renewNow(stale: string | null): Promise<boolean> {
  return inTurn(async () => {
    // Another tab renewed while this one waited for its turn.
    if (access && access !== stale) return true
    if (!refresh) return false
    try {
      const pair = await api.refresh(refresh)
      keep(pair)
      tell({ kind: 'pair', pair })
      return true
    } catch (failure) {
      // Only a refusal ends the session; a lost connection may come back.
      if (!(failure instanceof ApiError) || failure.status === 0 || failure.status >= 500)
        throw failure
      keep(null)
      return false
    }
  })
}

/** Renews once, however many requests saw the 401 at the same time. */
function renewOnce(): Promise<boolean> {
  renewal ??= renewNow(access).finally(() => (renewal = null))
  return renewal
}

async function renew(): Promise<boolean> {
  const renewed = await renewOnce()
  if (!renewed) onOver()
  return renewed
}

useTokenSource({ token: () => access, renew })

export const session = {
  /** Called when the session ended without `close`. */
  onOver(action: () => void) {
    onOver = action
  },

  /** Whether someone is logged in; restores the session after a reload. */
  async ready(): Promise<boolean> {
    if (access) return true
    if (refresh) return renewOnce()
    return askOthers()
  },

  open(pair: Tokens) {
    keep(pair)
  },

  /** Logs out here and in the other tabs; the server forgets the family when it can be reached. */
  async close() {
    const last = refresh
    keep(null)
    tell({ kind: 'over' })
    if (last) await api.logout(last).catch(() => {})
  },
}
