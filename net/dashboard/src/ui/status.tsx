import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Chip, type Tone } from './basics'

const callTones: Record<string, Tone> = {
  queued: 'neutral',
  dialing: 'info',
  ringing: 'info',
  in_progress: 'info',
  completed: 'ok',
  busy: 'warn',
  no_answer: 'warn',
  voicemail: 'warn',
  failed: 'bad',
  lost: 'bad',
  canceled: 'neutral',
}

const campaignTones: Record<string, Tone> = {
  draft: 'neutral',
  running: 'info',
  paused: 'warn',
  completed: 'ok',
  stopped: 'neutral',
}

const rowTones: Record<string, Tone> = {
  pending: 'neutral',
  waiting_retry: 'warn',
  dialing: 'info',
  done: 'ok',
  exhausted: 'bad',
  suppressed: 'neutral',
  no_credit: 'bad',
  cancelled: 'neutral',
}

const outcomeTones: Record<string, Tone> = {
  appointment: 'ok',
  interested: 'ok',
  callback: 'info',
  not_interested: 'warn',
  refusal: 'bad',
  voicemail: 'warn',
  completed: 'ok',
  busy: 'warn',
  no_answer: 'warn',
  failed: 'bad',
  lost: 'bad',
}

const sentimentTones: Record<string, Tone> = { positive: 'ok', neutral: 'neutral', negative: 'bad' }

const transferTones: Record<string, Tone> = {
  wanted: 'info',
  ringing: 'info',
  accepted: 'info',
  connected: 'ok',
  ended: 'ok',
  declined: 'warn',
  no_answer: 'warn',
  busy: 'warn',
  failed: 'bad',
  canceled: 'neutral',
}

export const callIsLive = (status: string) =>
  ['queued', 'dialing', 'ringing', 'in_progress'].includes(status)

/** A word the dashboard knows in the chosen language, else the server's own with its `_` opened. */
export function useWord() {
  const { t } = useTranslation()
  return useCallback(
    (group: string, word: string) =>
      t(`${group}.${word}`, { defaultValue: word.replaceAll('_', ' ') }),
    [t],
  )
}

const kinds = {
  call_status: callTones,
  campaign_status: campaignTones,
  row_state: rowTones,
  outcome: outcomeTones,
  sentiment: sentimentTones,
  transfer: transferTones,
}

export function StatusChip({ kind, value }: { kind: keyof typeof kinds; value: string | null }) {
  const word = useWord()
  if (!value) return <span className="text-soft">–</span>
  const live = kind === 'call_status' ? callIsLive(value) : value === 'running'
  return (
    <Chip tone={kinds[kind][value] ?? 'neutral'} live={live}>
      {word(kind, value)}
    </Chip>
  )
}
