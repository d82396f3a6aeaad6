/**
 * A live call in the browser: its audio is played as it comes, and the microphone goes to the
 * caller while a person has the word. One socket of its own, so that audio delays no events.
 */
import { api } from '../api'
import { decodeMulaw, encodeMulaw, lineRate, toLineRate } from './mulaw'

export type AudioState = 'off' | 'connecting' | 'listening' | 'unheard'

export interface CallAudio {
  /** Asks for the microphone; rejects when it is refused. */
  openMicrophone: () => Promise<void>
  closeMicrophone: () => void
  close: () => void
}

const leadS = 0.25
const pieceSamples = lineRate / 10

/** Plays pieces of both sides behind each other, a little late so that they do not stutter. */
function player(context: AudioContext) {
  const ends = { caller: 0, agent: 0 }
  return (side: 'caller' | 'agent', audio: string) => {
    const samples = decodeMulaw(audio)
    const buffer = context.createBuffer(1, samples.length, lineRate)
    buffer.copyToChannel(samples, 0)
    const source = context.createBufferSource()
    source.buffer = buffer
    source.connect(context.destination)
    const now = context.currentTime
    const at = ends[side] > now ? ends[side] : now + leadS
    source.start(at)
    ends[side] = at + buffer.duration
  }
}

async function microphone(context: AudioContext, heard: (samples: Float32Array) => void) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  })
  await context.audioWorklet.addModule('/microphone.js')
  const source = context.createMediaStreamSource(stream)
  const node = new AudioWorkletNode(context, 'microphone')
  node.port.onmessage = ({ data }) => heard(data as Float32Array)
  source.connect(node)
  return () => {
    node.disconnect()
    source.disconnect()
    for (const track of stream.getTracks()) track.stop()
  }
}

export async function listenToCall(
  id: string,
  changed: (state: AudioState, reason?: string) => void,
): Promise<CallAudio> {
  changed('connecting')
  const context = new AudioContext()
  const play = player(context)
  const { ticket } = await api.wsTicket()
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${location.host}/ws?ticket=${encodeURIComponent(ticket)}`)
  let silence: (() => void) | null = null
  socket.onopen = () => socket.send(JSON.stringify({ type: 'listen', call_id: id }))
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(String(data))
    if (event.type === 'call:audio') {
      changed('listening')
      play(event.data.side, event.data.audio)
    } else if (event.type === 'call:unheard') changed('unheard', event.data.reason)
  }
  socket.onclose = () => changed('off')
  const closeMicrophone = () => {
    silence?.()
    silence = null
  }
  return {
    openMicrophone: async () => {
      const down = toLineRate(context.sampleRate)
      let waiting: number[] = []
      silence = await microphone(context, (samples) => {
        waiting.push(...down(samples))
        while (waiting.length >= pieceSamples && socket.readyState === WebSocket.OPEN) {
          socket.send(JSON.stringify({ type: 'speak', audio: encodeMulaw(waiting.slice(0, pieceSamples)) }))
          waiting = waiting.slice(pieceSamples)
        }
      })
    },
    closeMicrophone,
    close: () => {
      closeMicrophone()
      socket.close()
      void context.close()
    },
  }
}
