/**
 * One test call: the microphone to the call's socket, the agent's audio to the speakers. Where the
 * server cannot hear this language the browser's own recogniser listens and its words are sent.
 */
import { fromBase64, rateHz, toBase64 } from './pcm'

export type LineState = 'connecting' | 'talking' | 'over'

export interface LineListener {
  onState: (state: LineState) => void
  /** What the browser's recogniser said of itself: `not-allowed`, `network`, … */
  onRecogniser: (error: string) => void
}

interface Recogniser {
  lang: string
  continuous: boolean
  onresult: (event: { resultIndex: number; results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }> }) => void
  onerror: (event: { error: string }) => void
  onend: () => void
  start: () => void
  abort: () => void
}

const recogniserClass = () => {
  const all = globalThis as unknown as Record<string, (new () => Recogniser) | undefined>
  return all.SpeechRecognition ?? all.webkitSpeechRecognition
}

export const browserRecognises = () => recogniserClass() !== undefined

const recogniserLanguages: Record<string, string> = { en: 'en-IN', hi: 'hi-IN', hinglish: 'en-IN' }

/** Asks for the microphone. Throws a DOMException (`NotAllowedError`, `NotFoundError`, …). */
export function openMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices)
    throw new DOMException('only pages of https or localhost may listen', 'SecurityError')
  return navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  })
}

export class TestLine {
  private readonly audio = new AudioContext({ sampleRate: rateHz })
  private readonly socket: WebSocket
  private readonly playing = new Map<AudioBufferSourceNode, string[]>()
  private recogniser: Recogniser | undefined
  private playsUntil = 0
  private over = false

  constructor(
    path: string,
    private readonly microphone: MediaStream | null,
    private readonly listener: LineListener,
  ) {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    this.socket = new WebSocket(`${scheme}://${location.host}${path}`)
    this.socket.onopen = () => void this.begin()
    this.socket.onmessage = (message) => this.take(JSON.parse(String(message.data)))
    this.socket.onclose = () => this.end()
    listener.onState('connecting')
  }

  /** The words of a person who types, or of the browser's recogniser. */
  say(text: string) {
    this.send({ type: 'words', text })
  }

  press(digit: string) {
    this.send({ type: 'key', digit })
  }

  /** Lets the browser's own recogniser listen. */
  recognise(language: string) {
    const Class = recogniserClass()
    if (!Class) return
    const own = new Class()
    own.lang = recogniserLanguages[language] ?? language
    own.continuous = true
    own.onresult = ({ resultIndex, results }) => {
      // It has an ear of its own, which hears the agent from the speakers.
      if (this.playing.size > 0) return
      for (let i = resultIndex; i < results.length; i += 1)
        if (results[i]!.isFinal) this.say(results[i]![0]!.transcript)
    }
    own.onerror = ({ error }) => this.listener.onRecogniser(error)
    // It stops by itself after a silence.
    own.onend = () => !this.over && this.recogniser === own && setTimeout(() => own.start(), 250)
    this.recogniser = own
    own.start()
  }

  end() {
    if (this.over) return
    this.over = true
    this.recogniser?.abort()
    if (this.socket.readyState === WebSocket.OPEN) this.send({ type: 'stop' })
    this.socket.close()
    for (const track of this.microphone?.getTracks() ?? []) track.stop()
    void this.audio.close()
    this.listener.onState('over')
  }

  private send(message: object) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  private async begin() {
    this.send({ type: 'start', sample_rate: rateHz })
    this.listener.onState('talking')
    await this.audio.audioWorklet.addModule('/microphone_worklet.js')
    if (this.over) return
    const worklet = new AudioWorkletNode(this.audio, 'microphone', { numberOfOutputs: 0 })
    worklet.port.onmessage = ({ data }) => this.send({ type: 'audio', data: toBase64(data) })
    // A line without a microphone carries silence: its audio is the call's clock.
    const source = this.microphone
      ? this.audio.createMediaStreamSource(this.microphone)
      : new ConstantSourceNode(this.audio, { offset: 0 })
    source.connect(worklet)
    if (source instanceof ConstantSourceNode) source.start()
  }

  private take(message: { type: string; data?: string; name?: string }) {
    if (this.over) return
    if (message.type === 'audio' && message.data) this.play(fromBase64(message.data))
    else if (message.type === 'mark' && message.name) this.mark(message.name)
    else if (message.type === 'clear') this.clear()
  }

  private play(samples: Float32Array<ArrayBuffer>) {
    if (samples.length === 0) return
    const buffer = this.audio.createBuffer(1, samples.length, rateHz)
    buffer.copyToChannel(samples, 0)
    const source = new AudioBufferSourceNode(this.audio, { buffer })
    source.connect(this.audio.destination)
    this.playing.set(source, [])
    source.onended = () => this.finish(source)
    this.playsUntil = Math.max(this.playsUntil, this.audio.currentTime)
    source.start(this.playsUntil)
    this.playsUntil += buffer.duration
  }

  /** Comes back once everything before it was heard. */
  private mark(name: string) {
    const last = [...this.playing.values()].at(-1)
    if (last) last.push(name)
    else this.send({ type: 'mark', name })
  }

  private finish(source: AudioBufferSourceNode) {
    const marks = this.playing.get(source)
    this.playing.delete(source)
    for (const name of marks ?? []) this.send({ type: 'mark', name })
  }

  private clear() {
    this.playsUntil = 0
    for (const source of [...this.playing.keys()]) {
      source.onended = null
      source.stop()
      this.finish(source)
    }
  }
}
