/** Tables: columns by TanStack Table, and only the rows near the screen in the page. */
import type { UseInfiniteQueryResult, InfiniteData } from '@tanstack/react-query'
import { tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api'
import { Button, Skeleton } from './basics'
import { ProblemNote } from './problem'

const features = tableFeatures({})

export interface Column<T> {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** Numbers stand at the end of their column. */
  end?: boolean
  /** The smallest screen that has room for this column. */
  from?: 'sm' | 'md' | 'lg'
}

const shownFrom = {
  sm: 'hidden sm:table-cell',
  md: 'hidden md:table-cell',
  lg: 'hidden lg:table-cell',
}
const cellClass = (c: Column<never>) =>
  `px-3 ${c.end ? 'text-right' : 'text-left'} ${c.from ? shownFrom[c.from] : ''}`

const rowHeight = 49
const overscan = 12

interface DataTableProps<T> {
  caption: string
  columns: Column<T>[]
  rows: T[]
  rowId: (row: T) => string
}

export function DataTable<T extends object>({ caption, columns, rows, rowId }: DataTableProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + scrollY)
  }, [])
  const definitions = useMemo<ColumnDef<typeof features, T>[]>(
    () =>
      columns.map((c) => ({
        id: c.id,
        header: c.header,
        cell: ({ row }) => c.cell(row.original),
        meta: c,
      })),
    [columns],
  )
  const table = useTable({ features, columns: definitions, data: rows, getRowId: rowId })
  const all = table.getRowModel().rows
  const virtual = useWindowVirtualizer({
    count: all.length,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin: top,
  })
  const shown = virtual.getVirtualItems()
  const before = (shown[0]?.start ?? 0) - virtual.options.scrollMargin
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? 0) - virtual.options.scrollMargin)
  const spacer = (height: number) =>
    height > 1 && (
      <tr aria-hidden="true">
        <td colSpan={columns.length} style={{ height, padding: 0 }} />
      </tr>
    )
  return (
    <table className="w-full border-collapse text-sm" aria-rowcount={all.length + 1}>
      <caption className="sr-only">{caption}</caption>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id} className="border-b border-line">
            {group.headers.map((header, i) => (
              <th
                key={header.id}
                scope="col"
                className={`py-2.5 text-xs font-semibold text-soft ${cellClass(columns[i] as Column<never>)}`}
              >
                <table.FlexRender header={header} />
              </th>
            ))}
          </tr>
        ))}
      </thead>
      <tbody ref={body}>
        {spacer(before)}
        {shown.map(({ index }) => {
          const row = all[index]
          if (!row) return null
          return (
            <tr
              key={row.id}
              ref={virtual.measureElement}
              data-index={index}
              aria-rowindex={index + 2}
              className="border-b border-line last:border-0 hover:bg-ground"
            >
              {row.getAllCells().map((cell, i) => (
                <td key={cell.id} className={`py-2.5 ${cellClass(columns[i] as Column<never>)}`}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          )
        })}
        {spacer(after)}
      </tbody>
    </table>
  )
}

/** A list by cursor: the next page loads when its end comes near, or by button. */
export function EndlessTable<T extends object>({
  query,
  empty,
  ...table
}: Omit<DataTableProps<T>, 'rows'> & {
  query: UseInfiniteQueryResult<InfiniteData<Answer<T[]>>, Error>
  empty: ReactNode
}) {
  const { t } = useTranslation()
  const end = useRef<HTMLDivElement>(null)
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, error } = query
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data])
  useEffect(() => {
    if (!end.current || !hasNextPage || isFetchingNextPage || error) return
    const observer = new IntersectionObserver(
      (seen) => seen.some((one) => one.isIntersecting) && fetchNextPage(),
      { rootMargin: '600px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, error])

  return (
    <div className="card overflow-x-auto">
      {query.isPending ? (
        <div className="p-5">
          <Skeleton rows={8} />
        </div>
      ) : rows.length === 0 && !error ? (
        empty
      ) : (
        rows.length > 0 && <DataTable {...table} rows={rows} />
      )}
      {error && (
        <div className="p-4">
          <ProblemNote error={error} onRetry={() => (data ? fetchNextPage() : query.refetch())} />
        </div>
      )}
      {hasNextPage && !error && (
        <div ref={end} className="flex justify-center border-t border-line p-3">
          <Button busy={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </div>
  )
}
