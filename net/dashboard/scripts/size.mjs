// Fails when the JavaScript that a first visit loads is larger than its budget (gzip).
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budget_kb = Number(process.argv[2] ?? 200)
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'))
const first = new Set()
const visit = (key) => {
  if (first.has(key)) return
  first.add(key)
  for (const next of manifest[key].imports ?? []) visit(next)
}
visit(Object.keys(manifest).find((key) => manifest[key].isEntry))

let total = 0
for (const key of first) {
  const { file } = manifest[key]
  const bytes = gzipSync(readFileSync(new URL(file, dist))).length
  total += bytes
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} kB  ${file}`)
}
const verdict = total <= budget_kb * 1024 ? 'within' : 'over'
const sum = (total / 1024).toFixed(1).padStart(7)
console.log(`${sum} kB  initial JS, gzip, ${verdict} the budget of ${budget_kb} kB`)
process.exitCode = verdict === 'over' ? 1 : 0
