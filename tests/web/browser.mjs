// The browser of the web tests: Debian's Chromium through playwright-core, both out of the
// dashboard's node_modules, so that nothing is downloaded.
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const require = createRequire(new URL('../../net/dashboard/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const { AxeBuilder } = require('@axe-core/playwright')

const quiet = [
  '--no-sandbox', // as root Chromium starts no other way
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Chromium with further `flags`. */
export function startBrowser(flags = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...quiet, ...flags],
  })
}

/** Opens a page whose console errors, uncaught errors and refused loads are kept in `errors`. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-IN', acceptDownloads: true, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const errors = []
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${page.url()})`)
  })
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message} (${page.url()})`))
  return { context, page, errors }
}

/** Fails when axe finds anything serious or critical on the page as it is now. */
export async function checkAccess(page, name) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const grave = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
  if (grave.length === 0) return
  const lines = grave.map(
    (v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')}`,
  )
  throw new Error(`${name}: ${lines.join('; ')}`)
}

/** Fails when the page can be scrolled sideways. */
export async function checkWidth(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  if (over > 0) throw new Error(`${name}: ${over} px wider than the screen`)
}

/** Runs steps in order and counts them; a failed step leaves a picture and the walk goes on. */
export function walk() {
  const count = { passed: 0, failed: 0 }
  const step = async (name, page, action) => {
    const began = performance.now()
    try {
      const result = await action()
      count.passed += 1
      console.log(`ok    ${name} (${Math.round(performance.now() - began)} ms)`)
      return result
    } catch (error) {
      count.failed += 1
      console.log(`FAIL  ${name}: ${error.message}`)
      const picture = join(tmpdir(), `caly-web-${count.failed}.png`)
      await page?.screenshot({ path: picture }).then(
        () => console.log(`      picture: ${picture}`),
        () => {},
      )
      return undefined
    }
  }
  return { step, count }
}

export function expect(condition, words) {
  if (!condition) throw new Error(words)
}
