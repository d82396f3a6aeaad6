/** Cache keys and reads that more than one page uses. */
import { infiniteQueryOptions, queryOptions, useSuspenseQuery } from '@tanstack/react-query'
import { api, type Answer } from './api'
import type { CallFilter } from './model'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => api.me(),
  staleTime: 300_000,
})

/** The user and tenant; the app's layout has loaded them before any page renders. */
export const useMe = () => useSuspenseQuery(meQuery).data

export const balanceQuery = queryOptions({
  queryKey: ['balance'],
  queryFn: () => api.balance(),
  refetchInterval: 30_000,
})

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => api.agents(),
  staleTime: 60_000,
})

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['import', id],
    queryFn: () => api.import(id),
    refetchInterval: ({ state }) => (state.data?.status === 'processing' ? 700 : false),
  })

export const campaignQuery = (id: string) =>
  queryOptions({ queryKey: ['campaign', id], queryFn: () => api.campaign(id) })

export const progressQuery = (id: string) =>
  queryOptions({
    queryKey: ['progress', id],
    queryFn: ({ signal }) => api.progress(id, signal),
    staleTime: 1_000,
  })

export const forecastQuery = (id: string) =>
  queryOptions({ queryKey: ['forecast', id], queryFn: () => api.forecast(id) })

/** A list that goes on by cursor. */
export function pages<T>(
  queryKey: readonly unknown[],
  fetch: (cursor: string | null, signal: AbortSignal) => Promise<Answer<T[]>>,
) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetch(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) =>
      last.pagination?.has_more ? (last.pagination.next_cursor ?? undefined) : undefined,
  })
}

export const callsPages = (filter: CallFilter, limit = 50) =>
  pages(['calls', filter, limit], (cursor, s) => api.calls({ ...filter, limit, cursor }, s))
