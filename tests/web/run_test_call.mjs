// A test call from the dashboard as its user makes it: the microphone plays a spoken sentence, the
// node's own recogniser understands it, the agent answers. CALY_ENDPOINTS names the
// endpoints.json that scripts/run wrote.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkAccess, checkWidth, expect, openPage, startBrowser, walk } from './browser.mjs'

const endpoints = JSON.parse(readFileSync(process.env.CALY_ENDPOINTS, 'utf8'))
const base = endpoints.api[0].replace(/\/$/, '')
const agentName = 'Appointment booking'
const sentence = 'I want to book an appointment'
/** Until the agent has greeted. */
const quietS = 16

const folder = mkdtempSync(join(tmpdir(), 'caly-test-call-'))
const microphone = join(folder, 'microphone.wav')

/** A sentence after some seconds of silence, and silence behind it. */
function recordSentence() {
  const made = spawnSync('espeak-ng', ['--stdout', '-v', 'en-us', '-s', '150', '--', sentence])
  expect(made.status === 0, `espeak-ng: ${made.stderr}`)
  const rateHz = made.stdout.readUInt32LE(24)
  const quiet = Buffer.alloc(quietS * rateHz * 2)
  const samples = Buffer.concat([quiet, made.stdout.subarray(44), Buffer.alloc(60 * rateHz * 2)])
  const header = Buffer.from(made.stdout.subarray(0, 44))
  header.writeUInt32LE(36 + samples.length, 4)
  header.writeUInt32LE(samples.length, 40)
  writeFileSync(microphone, Buffer.concat([header, samples]))
}

async function request(path, token, method = 'GET', body = undefined) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  })
  const { data, error } = await answer.json()
  expect(answer.ok, `${method} ${path}: ${error?.message}`)
  return data
}

async function logIn(page) {
  await page.goto(`${base}/test-call`)
  await page.getByLabel('Email').fill(endpoints.demo.email)
  await page.getByLabel('Password').fill(endpoints.demo.password)
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('heading', { name: 'Test call', level: 1 }).waitFor()
  await page.getByLabel('Agent').selectOption({ label: agentName })
}

const { step, count } = walk()
recordSentence()
const browser = await startBrowser([
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-audio-capture=${microphone}%noloop`,
])
const { page, errors } = await openPage(browser, { viewport: { width: 1280, height: 900 } })
const run = (name, action) => step(name, page, action)
const log = page.getByRole('log')
const { token } = await request('/api/auth/login', null, 'POST', {
  email: endpoints.demo.email,
  password: endpoints.demo.password,
})

await run('an agent gets the brain that needs no account', async () => {
  const agents = await request('/api/agents', token)
  const agent = agents.find((each) => each.name === agentName)
  await request(`/api/agents/${agent.id}`, token, 'PATCH', { brain: 'embedded' })
})

await run('the page offers a call', async () => {
  await logIn(page)
  await checkAccess(page, 'test call')
})

await run('the agent greets, and the page says who listens', async () => {
  await page.getByRole('button', { name: 'Call the agent', exact: true }).click()
  await page.getByText('On the line').waitFor()
  const hears = await page.getByTestId('recogniser').innerText()
  expect(hears.includes('server’s own recogniser'), `it says: ${hears}`)
  await log.getByText('How can I help').waitFor({ timeout: 20_000 })
  await checkAccess(page, 'live test call')
})

await run('what the microphone hears is understood and answered', async () => {
  await log.getByText('book an appointment', { exact: false }).nth(0).waitFor({ timeout: 45_000 })
  await log.getByText('Which day').waitFor({ timeout: 20_000 })
})

await run('typed words are understood too', async () => {
  await page.getByLabel('Or type what you would say').fill('tomorrow at eleven in the morning')
  await page.getByRole('button', { name: 'Say it', exact: true }).click()
  await log.getByText('your name').waitFor({ timeout: 20_000 })
})

await run('hanging up ends the call', async () => {
  await page.getByRole('button', { name: 'Hang up', exact: true }).click()
  await page.getByText('Ended', { exact: true }).waitFor()
  const path = await page.getByRole('link', { name: 'Open the call' }).getAttribute('href')
  const end = Date.now() + 15_000
  for (;;) {
    const call = await request(`/api${path}`, token)
    if (call.status === 'completed') return expect(call.charged_micros > 0, 'it cost nothing')
    expect(Date.now() < end, `the call is ${call.status}`)
    await page.waitForTimeout(250)
  }
})

await run('the page fits a small screen', async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  await checkWidth(page, 'test call')
})

await step('no page wrote an error to the console', page, async () => {
  expect(errors.length === 0, errors.slice(0, 5).join(' | '))
})
await browser.close()

const refusing = await startBrowser(['--use-fake-device-for-media-stream', '--deny-permission-prompts'])
const refused = await openPage(refusing)
await step('a refused microphone is explained, and no call is opened', refused.page, async () => {
  const before = await request('/api/calls?direction=inbound', token)
  await logIn(refused.page)
  await refused.page.getByRole('button', { name: 'Call the agent', exact: true }).click()
  await refused.page.getByText('The microphone was refused').waitFor()
  await checkAccess(refused.page, 'refused microphone')
  const after = await request('/api/calls?direction=inbound', token)
  expect(after.length === before.length, 'a call was opened all the same')
})

await step('a call without a microphone is typed', refused.page, async () => {
  await refused.page.getByRole('button', { name: 'Call without it and type' }).click()
  const said = refused.page.getByRole('log')
  await said.getByText('How can I help').waitFor({ timeout: 20_000 })
  await refused.page.getByLabel('Or type what you would say').fill('what are your opening hours')
  await refused.page.getByRole('button', { name: 'Say it', exact: true }).click()
  await said.getByText('available', { exact: false }).waitFor({ timeout: 20_000 })
  await refused.page.getByRole('button', { name: 'Hang up', exact: true }).click()
  await refused.page.getByText('Ended', { exact: true }).waitFor()
})
await refusing.close()

rmSync(folder, { recursive: true })
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed ? 1 : 0
