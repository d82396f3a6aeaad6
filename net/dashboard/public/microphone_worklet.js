/** Hands the microphone's samples on in pieces of 20 ms, as 16-bit numbers. */
class Microphone extends AudioWorkletProcessor {
  piece = new Int16Array(320)
  filled = 0

  process([channels]) {
    for (const sample of channels[0] ?? []) {
      this.piece[this.filled++] = Math.max(-1, Math.min(1, sample)) * 0x7fff
      if (this.filled < this.piece.length) continue
      this.port.postMessage(this.piece)
      this.filled = 0
    }
    return true
  }
}

registerProcessor('microphone', Microphone)
