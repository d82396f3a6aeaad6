/** The waveform of a recording, from the peaks that the server computed. */

const stretches = 1_000

export interface Peaks {
  caller: number[]
  agent: number[]
}

/** Loudness from 0 to 1 of each stretch; null when the text is not what the server sends. */
export function readPeaks(base64: string): Peaks | null {
  let bytes: string
  try {
    bytes = atob(base64)
  } catch {
    return null
  }
  if (bytes.length !== 2 * stretches) return null
  const at = (from: number) =>
    Array.from({ length: stretches }, (_, i) => bytes.charCodeAt(from + i) / 255)
  return { caller: at(0), agent: at(stretches) }
}

/**
 * An SVG path around the middle line 0, `width` wide, from -1 to 1. Quiet speech is drawn
 * larger than it is: the square root of its loudness.
 */
export function wavePath(peaks: number[], width: number): string {
  const step = width / Math.max(1, peaks.length)
  const bar = (peak: number, i: number) => {
    const height = Math.max(0.02, Math.sqrt(peak)).toFixed(2)
    return `M${(i * step).toFixed(1)} -${height}V${height}`
  }
  return peaks.map(bar).join('')
}

/** 83,000 ms as 1:23. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
