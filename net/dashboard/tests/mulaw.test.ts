import { describe, expect, it } from 'vitest'
import { decodeMulaw, encodeMulaw, toLineRate } from '../src/lib/mulaw'

describe('µ-law', () => {
  it('knows silence and the loudest codes', () => {
    expect([...decodeMulaw(btoa('\xff\x7f'))].map(Math.abs)).toEqual([0, 0])
    expect(decodeMulaw(btoa('\x80'))[0]).toBeCloseTo(32_124 / 32_768, 5)
    expect(decodeMulaw(btoa('\x00'))[0]).toBeCloseTo(-32_124 / 32_768, 5)
  })

  it('comes back within the step of its code', () => {
    const samples = [0, 0.001, -0.01, 0.1, -0.5, 0.97]
    const back = decodeMulaw(encodeMulaw(samples))
    samples.forEach((sample, i) =>
      expect(Math.abs((back[i] ?? 9) - sample)).toBeLessThan(Math.abs(sample) * 0.04 + 0.0005),
    )
  })

  it('is the same code for each of its levels', () => {
    const codes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).filter((c) => c !== '\x7f')
    for (const code of codes) expect(encodeMulaw(decodeMulaw(btoa(code)))).toBe(btoa(code))
  })
})

describe('rates', () => {
  it('come down to the line without losing time', () => {
    const down = toLineRate(44_100)
    let samples = 0
    for (let i = 0; i < 100; i += 1) samples += down(new Float32Array(441)).length
    expect(samples).toBeGreaterThan(7_998)
    expect(samples).toBeLessThanOrEqual(8_000)
  })

  it('keep a low tone', () => {
    const down = toLineRate(48_000)
    const out = down(Float32Array.from({ length: 4_800 }, (_, i) => Math.sin((2 * Math.PI * 400 * i) / 48_000)))
    expect(Math.max(...out)).toBeGreaterThan(0.95)
  })
})
