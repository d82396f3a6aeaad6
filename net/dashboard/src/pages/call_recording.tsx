import { useQuery } from '@tanstack/react-query'
import { useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { clock, readPeaks, wavePath } from '../lib/peaks'
import type { RecordingPart } from '../model'
import { Button, Card, Note } from '../ui/basics'

const width = 1_000
const jumpS = 5

/** One speaker's loudness over the recording; the part that was played is coloured. */
function Wave({ name, peaks, played }: { name: string; peaks: number[]; played: number }) {
  const path = wavePath(peaks, width)
  const line = { d: path, strokeWidth: 1, vectorEffect: 'non-scaling-stroke' as const }
  return (
    <div className="flex items-center gap-3">
      <span className="w-24 shrink-0 text-xs text-soft">{name}</span>
      <svg
        viewBox={`0 -1 ${width} 2`}
        preserveAspectRatio="none"
        className="h-10 w-full"
        aria-hidden="true"
      >
        <path {...line} className="stroke-line-strong" />
        <svg x="0" y="-1" width={played * width} height="2" viewBox={`0 -1 ${Math.max(1, played * width)} 2`}>
          <path {...line} className="stroke-accent" />
        </svg>
      </svg>
    </div>
  )
}

function Player({ part, renew }: { part: RecordingPart; renew: () => Promise<string | null> }) {
  const { t } = useTranslation()
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [ms, setMs] = useState(0)
  const [failed, setFailed] = useState(false)
  const total = part.ms ?? 0
  const peaks = part.peaks ? readPeaks(part.peaks) : null

  const seek = (to: number) => {
    const bounded = Math.min(total, Math.max(0, to))
    setMs(bounded)
    if (audio.current) audio.current.currentTime = bounded / 1_000
  }
  /** The address may have run out while the page was open: one more is asked for. */
  const play = async () => {
    const element = audio.current
    if (!element) return
    setFailed(false)
    try {
      await element.play()
    } catch {
      const fresh = await renew()
      if (!fresh) return setFailed(true)
      element.src = fresh
      element.currentTime = ms / 1_000
      await element.play().catch(() => setFailed(true))
    }
  }
  const toggle = () => (playing ? audio.current?.pause() : void play())
  const onKey = (event: KeyboardEvent) => {
    const jump = { j: -jumpS, l: jumpS }[event.key.toLowerCase()]
    if (jump) seek(ms + jump * 1_000)
    // A button answers the space bar itself.
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) toggle()
    else return
    event.preventDefault()
  }
  return (
    <div className="space-y-3" onKeyDown={onKey}>
      <audio
        ref={audio}
        src={part.url ?? undefined}
        preload="none"
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setMs(event.currentTarget.currentTime * 1_000)}
      />
      {peaks && (
        <div>
          <Wave name={t('call.recording_caller')} peaks={peaks.caller} played={ms / total} />
          <Wave name={t('call.recording_agent')} peaks={peaks.agent} played={ms / total} />
        </div>
      )}
      <div className="flex items-center gap-3">
        <Button icon={playing ? 'pause' : 'play'} onClick={toggle}>
          {t(playing ? 'call.recording_pause' : 'call.recording_play')}
        </Button>
        <input
          type="range"
          min={0}
          max={total}
          step={100}
          value={ms}
          onChange={(event) => seek(Number(event.target.value))}
          aria-label={t('call.recording_seek')}
          aria-valuetext={`${clock(ms)} / ${clock(total)}`}
          className="w-full accent-accent"
        />
        <span className="number shrink-0 text-sm text-soft">
          {clock(ms)} / {clock(total)}
        </span>
      </div>
      <p className="text-xs text-soft">{t('call.recording_keys')}</p>
      {failed && <Note tone="warn">{t('call.recording_unplayable')}</Note>}
    </div>
  )
}

function Part({ part, renew }: { part: RecordingPart; renew: () => Promise<string | null> }) {
  const { t } = useTranslation()
  if (part.state === 'ready')
    return part.url ? (
      <Player part={part} renew={renew} />
    ) : (
      <p className="text-soft">{t('call.recording_elsewhere', { node: part.node ?? '–' })}</p>
    )
  return (
    <p className="text-soft">
      {t(`call.recording_state.${part.state}`, { error: part.error ?? '' })}
    </p>
  )
}

/** Nothing where the call was not recorded. */
export function RecordingCard({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['call', id, 'recording'],
    queryFn: () => api.recording(id),
  })
  const parts = query.data?.parts ?? []
  if (parts.length === 0) return null
  const renew = async (number: number) =>
    (await query.refetch()).data?.parts.find((each) => each.part === number)?.url ?? null
  return (
    <Card title={t('call.recording')}>
      <div className="space-y-5">
        {parts.map((part) => (
          <section key={part.part} aria-label={t('call.recording_part', { part: part.part })}>
            {parts.length > 1 && (
              <h3 className="mb-1 text-sm font-medium">
                {t('call.recording_part', { part: part.part })}
              </h3>
            )}
            <Part part={part} renew={() => renew(part.part)} />
          </section>
        ))}
      </div>
    </Card>
  )
}
