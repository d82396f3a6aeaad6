/** G.711 µ-law, the codes of telephone audio: a byte a sample, 8,000 a second. */

export const lineRate = 8_000

const levels = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 132) << ((bits >> 4) & 7)) - 132
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768
})

export function decodeMulaw(base64: string): Float32Array<ArrayBuffer> {
  const bytes = atob(base64)
  return Float32Array.from({ length: bytes.length }, (_, i) => levels[bytes.charCodeAt(i)] ?? 0)
}

function codeOf(sample: number): number {
  const bounded = Math.max(-1, Math.min(1, sample))
  const sign = bounded < 0 ? 0x80 : 0
  const value = Math.min(32_635, Math.abs(bounded) * 32_768) + 132
  const exponent = Math.max(0, Math.floor(Math.log2(value)) - 7)
  return ~(sign | (exponent << 4) | ((value >> (exponent + 3)) & 0x0f)) & 0xff
}

export function encodeMulaw(samples: ArrayLike<number>): string {
  let text = ''
  for (let i = 0; i < samples.length; i += 1) text += String.fromCharCode(codeOf(samples[i] ?? 0))
  return btoa(text)
}

/** Takes samples of any rate down to the line's, carrying what is left over from call to call. */
export function toLineRate(rate: number): (samples: Float32Array) => number[] {
  const step = rate / lineRate
  let left: number[] = []
  let at = 0
  return (samples) => {
    const all = [...left, ...samples]
    const out: number[] = []
    // The mean of what lies under a sample keeps most of what would fold back out.
    while (at + step <= all.length) {
      const begin = Math.floor(at)
      const end = Math.max(begin + 1, Math.floor(at + step))
      let sum = 0
      for (let i = begin; i < end; i += 1) sum += all[i] ?? 0
      out.push(sum / (end - begin))
      at += step
    }
    const used = Math.floor(at)
    left = all.slice(used)
    at -= used
    return out
  }
}
