/** Short notes about what was just done. Polite: read out, never taking the focus. */
import { useSyncExternalStore } from 'react'
import { Icon } from './icons'

interface Toast {
  id: number
  text: string
}

const shownMs = 6_000
const shownMax = 4
let toasts: Toast[] = []
let nextId = 1
const watchers = new Set<() => void>()

function set(next: Toast[]) {
  toasts = next
  for (const watcher of watchers) watcher()
}

export function toast(text: string) {
  const id = nextId++
  set([...toasts, { id, text }].slice(-shownMax))
  setTimeout(() => set(toasts.filter((one) => one.id !== id)), shownMs)
}

export function Toasts() {
  const all = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => toasts,
  )
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-3 bottom-4 z-50 flex flex-col items-center gap-2"
    >
      {all.map((one) => (
        <div
          key={one.id}
          className="flex items-center gap-2 rounded-lg bg-ink px-4 py-2.5 text-sm text-ground shadow-pop"
        >
          <Icon name="check" />
          {one.text}
        </div>
      ))}
    </div>
  )
}
