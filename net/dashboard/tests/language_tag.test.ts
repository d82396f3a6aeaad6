import { describe, expect, it } from 'vitest'
import { languageTag } from '../src/lib/language_tag'

describe('languageTag', () => {
  it('names Hinglish as browsers do and leaves the others alone', () => {
    expect(languageTag('hinglish')).toBe('hi-Latn')
    expect(languageTag('hi')).toBe('hi')
    expect(languageTag(null)).toBeUndefined()
  })
})
