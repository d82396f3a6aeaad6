import './styles.css'
import './theme'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { startI18n } from './i18n'
import { queries, router } from './router'
import { session } from './session'
import { Toasts } from './ui/toast'

session.onOver(() => {
  queries.clear()
  const next = location.pathname + location.search
  router.navigate({ to: '/login', search: { next } })
})

await startI18n()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
)
