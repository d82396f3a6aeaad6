import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { listenToCall, type AudioState, type CallAudio } from '../lib/call_audio'
import { problemOf } from '../lib/errors'
import type { TransferMode } from '../model'
import { Button, Card, Note } from '../ui/basics'
import { SelectField, TextField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { StatusChip } from '../ui/status'
import { toast } from '../ui/toast'
import { When } from '../ui/values'

type Word = 'agent' | 'nobody' | 'person'

/** What an action did, told once. */
function useAct(id: string, said: (text: string) => void = toast) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ action, body }: { action: string; body?: object }) =>
      api.actOnCall(id, action, body ?? {}),
    onSuccess: (_, { action }) => said(t(`call.desk.done.${action}`)),
    onSettled: () => client.invalidateQueries({ queryKey: ['call', id] }),
  })
}

function Listening({ id, word }: { id: string; word: Word }) {
  const { t } = useTranslation()
  const audio = useRef<CallAudio | null>(null)
  const [state, setState] = useState<AudioState>('off')
  const [trouble, setTrouble] = useState('')
  const stop = () => {
    audio.current?.close()
    audio.current = null
    setState('off')
  }
  const start = async () => {
    setTrouble('')
    try {
      audio.current = await listenToCall(id, setState)
    } catch {
      setTrouble(t('call.desk.no_audio'))
      stop()
    }
  }
  useEffect(() => stop, [])
  const speaks = word === 'person' && state === 'listening'
  useEffect(() => {
    if (!speaks) return audio.current?.closeMicrophone()
    audio.current?.openMicrophone().catch(() => setTrouble(t('call.desk.no_microphone')))
  }, [speaks, t])
  return (
    <div className="space-y-2">
      <Button icon={state === 'off' ? 'play' : 'stop'} onClick={state === 'off' ? start : stop}>
        {t(state === 'off' ? 'call.desk.listen' : 'call.desk.stop_listening')}
      </Button>
      <p role="status" className="text-sm text-soft">
        {t(`call.desk.audio.${speaks ? 'speaking' : state}`)}
      </p>
      {trouble && <Note tone="bad">{trouble}</Note>}
    </div>
  )
}

function Words({ id }: { id: string }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const act = useAct(id)
  const send = (action: 'say' | 'whisper') =>
    act.mutate({ action, body: { text } }, { onSuccess: () => setText('') })
  return (
    <div className="space-y-2">
      <TextField
        label={t('call.desk.words')}
        hint={t('call.desk.words_hint')}
        value={text}
        maxLength={1_000}
        onChange={(e) => setText(e.target.value)}
      />
      <div className="flex flex-wrap gap-2">
        <Button disabled={!text.trim()} busy={act.isPending} onClick={() => send('say')}>
          {t('call.desk.say')}
        </Button>
        <Button disabled={!text.trim()} busy={act.isPending} onClick={() => send('whisper')}>
          {t('call.desk.whisper')}
        </Button>
      </div>
      {act.error && <ProblemNote error={act.error} />}
    </div>
  )
}

function Transfer({ id }: { id: string }) {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const [name, setName] = useState('')
  const [briefing, setBriefing] = useState('')
  const [mode, setMode] = useState<TransferMode>('warm')
  const act = useAct(id)
  const wrong = (field: string) =>
    act.error
      ? problemOf(act.error).fields.find((each) => each.field === field)?.message
      : undefined
  const list = useQuery({
    queryKey: ['call', id, 'transfers'],
    queryFn: () => api.transfers(id),
    refetchInterval: 3_000,
  })
  return (
    <form
      className="space-y-2"
      onSubmit={(e) => {
        e.preventDefault()
        act.mutate({
          action: 'transfer',
          body: { to, mode, ...(name && { name }), ...(briefing && { briefing }) },
        })
      }}
    >
      <TextField
        label={t('call.desk.to')}
        hint={t('call.desk.to_hint')}
        value={to}
        error={wrong('to')}
        required
        onChange={(e) => setTo(e.target.value)}
      />
      <TextField label={t('call.desk.name')} value={name} onChange={(e) => setName(e.target.value)} />
      <SelectField
        label={t('call.desk.mode')}
        value={mode}
        error={wrong('mode')}
        options={(['warm', 'blind', 'refer'] as const).map((value) => ({
          value,
          text: t(`call.desk.modes.${value}`),
        }))}
        onChange={(e) => setMode(e.target.value as TransferMode)}
      />
      <TextField
        label={t('call.desk.briefing')}
        value={briefing}
        onChange={(e) => setBriefing(e.target.value)}
      />
      <Button type="submit" busy={act.isPending}>
        {t('call.desk.transfer')}
      </Button>
      {act.error && <ProblemNote error={act.error} />}
      <ul className="space-y-1 text-sm">
        {list.data?.map((each) => (
          <li key={each.number} className="flex flex-wrap items-center gap-2">
            <StatusChip kind="transfer" value={each.state} />
            <span>{each.name}</span>
            <When at={each.changed_at} />
          </li>
        ))}
      </ul>
    </form>
  )
}

/** What people do in a live call: listen, advise the agent, hold, take the word, hand it over. */
export function CallDesk({ id }: { id: string }) {
  const { t } = useTranslation()
  const [word, setWord] = useState<Word>('agent')
  const act = useAct(id)
  const give = (action: string, to: Word) =>
    act.mutate({ action }, { onSuccess: () => setWord(to) })
  return (
    <Card title={t('call.desk.title')}>
      <div className="space-y-4">
        <Listening id={id} word={word} />
        <div className="flex flex-wrap gap-2">
          {word === 'nobody' ? (
            <Button busy={act.isPending} onClick={() => give('resume', 'agent')}>
              {t('call.desk.resume')}
            </Button>
          ) : (
            <Button busy={act.isPending} onClick={() => give('hold', 'nobody')}>
              {t('call.desk.hold')}
            </Button>
          )}
          {word === 'person' ? (
            <Button busy={act.isPending} onClick={() => give('handback', 'agent')}>
              {t('call.desk.handback')}
            </Button>
          ) : (
            <Button busy={act.isPending} onClick={() => give('takeover', 'person')}>
              {t('call.desk.takeover')}
            </Button>
          )}
        </div>
        {act.error && <ProblemNote error={act.error} />}
        <Words id={id} />
        <details>
          <summary className="cursor-pointer text-sm font-medium">{t('call.desk.transfer')}</summary>
          <div className="pt-2">
            <Transfer id={id} />
          </div>
        </details>
      </div>
    </Card>
  )
}
