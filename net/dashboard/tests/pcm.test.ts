import { expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../src/lib/pcm'

test('samples come back as they were sent, low byte first', () => {
  const samples = Int16Array.from([0, 1, -1, 0x7fff, -0x8000, 0x1234])
  expect(toBase64(Int16Array.from([0x1234]))).toBe(btoa('\x34\x12'))
  expect([...fromBase64(toBase64(samples))].map((s) => Math.round(s * 0x8000))).toEqual([...samples])
})

test('half a sample at the end is dropped', () => {
  expect(fromBase64(btoa('\x00\x40\x01'))).toEqual(Float32Array.from([0.5]))
})
