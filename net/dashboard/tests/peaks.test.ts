import { expect, test } from 'vitest'
import { clock, readPeaks, wavePath } from '../src/lib/peaks'

const encoded = (caller: number, agent: number) =>
  btoa(String.fromCharCode(...Array(1_000).fill(caller), ...Array(1_000).fill(agent)))

test('the first half of the peaks is the caller, the second the agent', () => {
  const peaks = readPeaks(encoded(255, 0))
  expect(peaks?.caller[999]).toBe(1)
  expect(peaks?.agent[0]).toBe(0)
})

test('what are no peaks draws nothing', () => {
  expect(readPeaks('not base64!')).toBeNull()
  expect(readPeaks(btoa('short'))).toBeNull()
})

test('a wave has a bar for each stretch, and quiet ones are seen', () => {
  expect(wavePath([1, 0.25], 10)).toBe('M0.0 -1.00V1.00M5.0 -0.50V0.50')
  expect(wavePath([0], 10)).toBe('M0.0 -0.02V0.02')
})

test('times are minutes and seconds', () => {
  expect([0, 59_999, 83_000, 3_600_000].map(clock)).toEqual(['0:00', '0:59', '1:23', '60:00'])
})
