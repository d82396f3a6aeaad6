/** Dark, light, or as the system says. */
import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageKey = 'caly.theme'
const watchers = new Set<() => void>()
const saved = localStorage.getItem(storageKey)
let theme: Theme = themes.find((t) => t === saved) ?? 'system'

function apply() {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

apply()

export function setTheme(next: Theme) {
  theme = next
  localStorage.setItem(storageKey, next)
  apply()
  for (const watcher of watchers) watcher()
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => theme,
  )
}
