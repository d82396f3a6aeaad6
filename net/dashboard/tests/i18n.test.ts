import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { en } from '../src/i18n/en'
import { hi } from '../src/i18n/hi'
import { problemOf } from '../src/lib/errors'
import { ApiError } from '../src/api'

const flat = (texts: object, at = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[at + key, value]] : flat(value as object, `${at}${key}.`),
  )
const english = new Map(flat(en))
const source = join(import.meta.dirname, '../src')
const sources = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('i18n'))
  .map((name) => readFileSync(join(source, name), 'utf8'))

test('every text a page asks for exists', () => {
  const asked = sources.flatMap((text) =>
    [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map((found) => found[1]!),
  )
  expect(asked.length).toBeGreaterThan(100)
  const missing = asked.filter((key) => !english.has(key) && !english.has(`${key}_other`))
  expect(missing).toEqual([])
})

test('Hindi has every text, with the same places to fill in', () => {
  const places = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map(String).sort()
  for (const [key, text] of flat(hi)) {
    expect(text, key).not.toBe('')
    expect(places(text), key).toEqual(places(english.get(key) ?? ''))
  }
  expect(flat(hi).map(([key]) => key)).toEqual([...english.keys()])
})

test('every kind of problem says what happened and what to do', () => {
  const statuses = [0, 400, 401, 402, 403, 404, 409, 412, 413, 418, 422, 429, 500, 503]
  for (const status of statuses) {
    const { kind } = problemOf(new ApiError(status, 'network', '', null))
    expect(english.has(`errors.${kind}.what`), kind).toBe(true)
    expect(english.has(`errors.${kind}.do`), kind).toBe(true)
  }
})

test('no page sets raw HTML', () => {
  expect(sources.some((text) => text.includes('dangerouslySetInnerHTML'))).toBe(false)
})
