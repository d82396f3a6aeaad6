import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useEffect, useRef, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api'
import { browserRecognises, openMicrophone, TestLine, type LineState } from '../lib/test_line'
import { useLiveState } from '../live'
import type { TestCall } from '../model'
import { agentsQuery } from '../queries'
import { Button, Card, Chip, Note, PageHeader, Skeleton } from '../ui/basics'
import { SelectField, TextField } from '../ui/form'
import { ProblemNote } from '../ui/problem'
import { Credits } from '../ui/values'
import { Transcript } from './call_transcript'

const route = getRouteApi('/app/test-call')

const microphoneProblems = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'SecurityError']

/** Why the microphone cannot be used, and what to do. */
function MicrophoneNote({ error, onWithout }: { error: DOMException; onWithout: () => void }) {
  const { t } = useTranslation()
  const kind = microphoneProblems.includes(error.name) ? error.name : 'other'
  return (
    <div role="alert">
      <Note tone="bad">
        <p>{t(`test_call.microphone.${kind}`, { reason: error.message })}</p>
        <Button className="mt-2" onClick={onWithout}>
          {t('test_call.without')}
        </Button>
      </Note>
    </div>
  )
}

/** Who turns what is said into words; where that is nobody, words can be typed. */
function Listener({ call, failure }: { call: TestCall; failure: string | null }) {
  const { t } = useTranslation()
  const deaf = call.recogniser === 'browser' && !browserRecognises()
  return (
    <div className="space-y-2">
      <p data-testid="recogniser">{t(`test_call.hears.${deaf ? 'nobody' : call.recogniser}`)}</p>
      {failure && <Note tone="warn">{t('test_call.recogniser_failed', { reason: failure })}</Note>}
    </div>
  )
}

function Words({ onSay }: { onSay: (text: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim()) onSay(text.trim())
    setText('')
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <TextField
        className="min-w-48 flex-1"
        label={t('test_call.type')}
        value={text}
        maxLength={300}
        onChange={(e) => setText(e.target.value)}
      />
      <Button type="submit">{t('test_call.send')}</Button>
    </form>
  )
}

export function TestCallPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const agents = useQuery(agentsQuery)
  const [agent, setAgent] = useState(search.agent ?? '')
  const [state, setState] = useState<LineState>('over')
  const [failure, setFailure] = useState<string | null>(null)
  const line = useRef<TestLine | null>(null)
  const connection = useLiveState()
  const chosen = agent || agents.data?.find((a) => a.enabled)?.id || ''
  useEffect(() => () => line.current?.end(), [])

  const start = useMutation({
    mutationFn: async (hears: boolean) => {
      setFailure(null)
      // First of all: a call that nobody can speak in would cost for nothing.
      const microphone = hears ? await openMicrophone() : null
      try {
        const call = await api.openTestCall(chosen)
        line.current = new TestLine(call.path, microphone, {
          onState: setState,
          onRecogniser: setFailure,
        })
        if (hears && call.recogniser === 'browser') line.current.recognise(call.language)
        return call
      } catch (error) {
        for (const track of microphone?.getTracks() ?? []) track.stop()
        throw error
      }
    },
  })
  const call = start.data
  const live = state !== 'over'
  return (
    <>
      <PageHeader title={t('test_call.title')} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Card>
          <div className="space-y-4">
            {agents.isPending && <Skeleton rows={2} />}
            <ProblemNote error={agents.error} onRetry={() => agents.refetch()} />
            {agents.data && (
              <SelectField
                label={t('campaigns.agent')}
                value={chosen}
                disabled={live}
                onChange={(e) => setAgent(e.target.value)}
                options={agents.data
                  .filter((a) => a.enabled)
                  .map((a) => ({ value: a.id, text: a.name }))}
              />
            )}
            <p className="text-sm text-soft">{t('test_call.hint')}</p>
            <div className="flex flex-wrap items-center gap-3">
              {live ? (
                <Button look="danger" icon="stop" onClick={() => line.current?.end()}>
                  {t('test_call.hang_up')}
                </Button>
              ) : (
                <Button
                  look="primary"
                  icon="phone"
                  disabled={!chosen}
                  busy={start.isPending}
                  onClick={() => start.mutate(true)}
                >
                  {t('test_call.start')}
                </Button>
              )}
              {call && (
                <span role="status">
                  <Chip tone={live ? 'ok' : 'neutral'} live={live}>
                    {t(`test_call.state.${state}`)}
                  </Chip>
                </span>
              )}
            </div>
            {start.error instanceof DOMException ? (
              <MicrophoneNote error={start.error} onWithout={() => start.mutate(false)} />
            ) : (
              <ProblemNote error={start.error} />
            )}
            {call && <Listener call={call} failure={failure} />}
            {call && live && call.brain === 'embedded' && (
              <Words onSay={(text) => line.current?.say(text)} />
            )}
            {call && (
              <p className="text-sm text-soft">
                {t('test_call.price')} <Credits micros={call.price_per_minute_micros} /> ·{' '}
                <Link to="/calls/$id" params={{ id: call.id }} className="link">
                  {t('test_call.open')}
                </Link>
              </p>
            )}
          </div>
        </Card>
        {call && <Transcript key={call.id} id={call.id} live={live} connection={connection} />}
      </div>
    </>
  )
}
