/**
 * Live events: one socket a tab, shared by all who listen, opened by a one-time ticket. Events come
 * in batches of at most four a second. While the page is hidden nothing runs; when it comes back,
 * or when the socket was lost, listeners get `resync` and read afresh.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { api } from './api'
import { batcher } from './lib/batch'
import type { LiveEvent } from './model'

export type LiveState = 'off' | 'connecting' | 'live' | 'polling' | 'paused'
export type Listener = (events: LiveEvent[], resync: boolean) => void

const updateEveryMs = 250
const batchMax = 500
const retryMs = { first: 1_000, max: 30_000 }

const listeners = new Set<Listener>()
const watchers = new Set<() => void>()
let state: LiveState = 'off'
let socket: WebSocket | null = null
let retryTimer: ReturnType<typeof setTimeout> | undefined
let failures = 0
let generation = 0

function setState(next: LiveState) {
  if (state === next) return
  state = next
  for (const watcher of watchers) watcher()
}

const batch = batcher<LiveEvent>(updateEveryMs, batchMax, (events, overflow) => {
  for (const listener of listeners) listener(events, overflow)
})

function close(next: LiveState) {
  generation += 1
  clearTimeout(retryTimer)
  socket?.close()
  socket = null
  batch.clear()
  setState(next)
}

function retryLater() {
  failures += 1
  const bound = Math.min(retryMs.max, retryMs.first * 2 ** Math.min(failures, 6))
  setState('polling')
  clearTimeout(retryTimer)
  retryTimer = setTimeout(connect, bound / 2 + Math.random() * (bound / 2))
}

async function connect() {
  const mine = ++generation
  if (failures === 0) setState('connecting')
  try {
    const { ticket } = await api.wsTicket()
    if (mine !== generation) return
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const ws = new WebSocket(`${scheme}://${location.host}/ws?ticket=${encodeURIComponent(ticket)}`)
    socket = ws
    ws.onopen = () => {
      if (mine !== generation) return ws.close()
      setState('live')
      // Whatever happened before the socket opened is read afresh.
      for (const listener of listeners) listener([], true)
    }
    ws.onmessage = (message) => {
      failures = 0
      const event = parse(message.data)
      if (event) batch.add(event)
    }
    ws.onclose = () => {
      if (mine === generation) retryLater()
    }
  } catch {
    if (mine === generation) retryLater()
  }
}

function parse(text: unknown): LiveEvent | null {
  try {
    const event = JSON.parse(String(text)) as LiveEvent
    return typeof event.type === 'string' ? { ...event, data: event.data ?? {} } : null
  } catch {
    return null
  }
}

document.addEventListener('visibilitychange', () => {
  if (listeners.size === 0) return
  if (document.hidden) close('paused')
  else connect()
})

function listen(listener: Listener): () => void {
  listeners.add(listener)
  if (listeners.size === 1 && state === 'off') connect()
  return () => {
    listeners.delete(listener)
    // A page change leaves and joins in one go; only a lasting silence closes the socket.
    setTimeout(() => {
      if (listeners.size === 0) close('off')
    }, 1_000)
  }
}

/** Hears live events while the component is mounted. */
export function useLive(listener: Listener) {
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => listen((events, resync) => latest.current(events, resync)), [])
}

/** `live` by socket, `polling` when there is none, `paused` while hidden. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => state,
  )
}
