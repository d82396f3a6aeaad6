// Writes a .br beside every text file of dist: the server sends it as it is.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

const worth_bytes = 1024
const dist = fileURLToPath(new URL('../dist/', import.meta.url))
for (const name of readdirSync(dist, { recursive: true })) {
  const path = join(dist, name)
  if (!/\.(js|css|html|svg)$/.test(name) || statSync(path).size < worth_bytes) continue
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)))
}
