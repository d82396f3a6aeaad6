import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { languageTag } from '../lib/language_tag'
import type { LiveState } from '../live'
import type { Turn } from '../model'
import { Button, Card, Empty, Skeleton } from '../ui/basics'
import { ProblemNote } from '../ui/problem'
import { When } from '../ui/values'

const bubbles: Record<Turn['role'], string> = {
  agent: 'bg-accent-soft mr-6 sm:mr-12',
  caller: 'bg-sunken ml-6 sm:ml-12',
  tool: 'border border-dashed border-line-strong mx-6 text-soft font-mono text-xs break-all',
}

function Bubble({ turn }: { turn: Turn }) {
  const { t } = useTranslation()
  return (
    <li className={`rounded-xl px-4 py-2.5 ${bubbles[turn.role] ?? bubbles.tool}`}>
      <p className="flex justify-between gap-3 text-xs text-soft">
        <span className="font-semibold">{t(`role.${turn.role}`, { defaultValue: turn.role })}</span>
        <When at={turn.at} />
      </p>
      <p lang={languageTag(turn.language)} className="break-words whitespace-pre-wrap">
        {turn.text}
      </p>
    </li>
  )
}

/** What was said. While the call lives it follows the latest turn, unless the reader scrolled up. */
export function Transcript({
  id,
  live,
  connection,
}: {
  id: string
  live: boolean
  connection: LiveState
}) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  const query = useQuery({
    queryKey: ['call', id, 'transcript'],
    queryFn: () => api.transcript(id),
    refetchInterval: live ? (connection === 'live' ? 4_000 : 1_500) : false,
  })
  const turns = query.data ?? []
  useEffect(() => {
    if (live && following) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [turns.length, live, following])
  const onScroll = () => {
    const b = box.current
    if (b) setFollowing(b.scrollHeight - b.scrollTop - b.clientHeight < 40)
  }
  return (
    <Card
      title={t('call.transcript')}
      aside={
        live &&
        !following && (
          <Button look="quiet" onClick={() => setFollowing(true)}>
            {t('call.latest')}
          </Button>
        )
      }
    >
      {query.isPending && <Skeleton rows={6} />}
      <ProblemNote error={query.error} onRetry={() => query.refetch()} />
      {query.data &&
        (turns.length ? (
          <div
            ref={box}
            role="log"
            aria-label={t('call.transcript')}
            tabIndex={0}
            onScroll={onScroll}
            className="max-h-[70dvh] overflow-y-auto"
          >
            <ol className="space-y-2.5">
              {turns.map((turn) => (
                <Bubble key={turn.seq} turn={turn} />
              ))}
            </ol>
          </div>
        ) : (
          <Empty
            icon="phone"
            title={t('call.silent')}
            text={t(live ? 'call.silent_live' : 'call.silent_text')}
          />
        ))}
    </Card>
  )
}
