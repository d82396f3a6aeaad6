// Walks through the dashboard of a running cluster as its user does: log in, CSV to finished
// campaign, a call with its transcript, credits. CALY_ENDPOINTS names the endpoints.json that
// scripts/run wrote; CALY_WEB_WAIT_S is the time a campaign of four calls may take (default 180).
import { readFileSync } from 'node:fs'
import { checkAccess, checkWidth, expect, openPage, startBrowser, walk } from './browser.mjs'
import { expected, file } from './contacts_file.mjs'

const endpoints = JSON.parse(readFileSync(process.env.CALY_ENDPOINTS, 'utf8'))
const base = endpoints.api[0].replace(/\/$/, '')
const waitMs = Number(process.env.CALY_WEB_WAIT_S ?? 180) * 1000

const browser = await startBrowser()
const { page, errors } = await openPage(browser, { viewport: { width: 1280, height: 900 } })
const { step, count } = walk()
const run = (name, action) => step(name, page, action)

const button = (name) => page.getByRole('button', { name, exact: true })
const heading = (name) => page.getByRole('heading', { name, level: 1 })
const text = (id) => page.getByTestId(id).innerText()
const numberIn = async (id) => Number((await text(id)).replace(/[^\d.-]/g, ''))

/** Moves inside the app; the page is not loaded again. */
async function visit(name) {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
  await heading(name).waitFor()
}

async function logIn(on) {
  await on.getByLabel('Email').fill(endpoints.demo.email)
  await on.getByLabel('Password').fill(endpoints.demo.password)
  await on.getByRole('button', { name: 'Log in', exact: true }).click()
}

await run('a page behind the login asks for it and comes back after it', async () => {
  await page.goto(`${base}/billing`)
  await page.waitForURL('**/login**')
  await button('Log in').waitFor()
  await checkAccess(page, 'login')
  await logIn(page)
  await page.waitForURL('**/billing')
  await heading('Billing').waitFor()
})

const before = await run('shows the balance and the ledger', async () => {
  await page.getByTestId('credits-balance').waitFor()
  await checkAccess(page, 'billing')
  return numberIn('credits-balance')
})

await run('a reload keeps the session', async () => {
  await page.reload()
  await heading('Billing').waitFor()
  expect(!page.url().includes('/login'), 'landed on the login page')
})

await run('a second tab shares the session, and both renew it', async () => {
  const tab = await page.context().newPage()
  await tab.goto(`${base}/calls`)
  await tab.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()
  // Each reload uses up a refresh token of the family that both share.
  await tab.reload()
  await tab.getByRole('heading', { name: 'Calls', level: 1 }).waitFor()
  await page.reload()
  await heading('Billing').waitFor()
  await tab.close()
})

await run('home shows today', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Home', exact: true }).click()
  await heading('Today').waitFor()
  await page.getByText('Answered', { exact: true }).waitFor()
  await checkAccess(page, 'home')
})

await run('takes a CSV and shows its columns with samples', async () => {
  await page.getByRole('link', { name: 'New campaign' }).first().click()
  await page.getByText('Upload your contacts').waitFor()
  await checkAccess(page, 'wizard: upload')
  await page.getByLabel('Choose a file').last().setInputFiles(file)
  await page.waitForURL('**step=map**')
  const phone = page.getByLabel('Mobile No becomes')
  await phone.waitFor()
  expect((await phone.inputValue()) === 'phone', 'the phone column was not found by its title')
  await page.getByText('A-101 · A-102 · A-103').waitFor()
  await page.getByLabel('Customer becomes').selectOption('name')
  await checkAccess(page, 'wizard: map')
})

await run('loads the good rows and says what became of each row', async () => {
  await button('Import contacts').click()
  await page.waitForURL('**step=review**')
  await page.getByText('ready to be called').waitFor({ timeout: 30_000 })
  for (const kind of ['imported', 'invalid', 'duplicate_in_file']) {
    const found = await numberIn(`count-${kind}`)
    expect(found === expected[kind], `${kind}: ${found}, not ${expected[kind]}`)
  }
  const sum = await text('rows-add-up')
  expect(sum.includes(`${expected.rows} of ${expected.rows}`), `does not add up: ${sum}`)
  await checkAccess(page, 'wizard: review')
})

await run('the error file names each bad row and its reason', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button('Download error file').click(),
  ])
  const lines = readFileSync(await download.path(), 'utf8').trim().split(/\r?\n/)
  for (const column of ['Mobile No', 'caly_row', 'caly_error_code', 'caly_suggestion'])
    expect(lines[0].includes(column), `no column ${column} in: ${lines[0]}`)
  for (const name of ['Too Short', 'No Number', 'Words']) {
    const row = lines.find((line) => line.includes(name))
    expect(row?.includes('E_PHONE'), `no reason for ${name}: ${row}`)
  }
  expect(!lines.some((line) => line.includes('Asha Verma')), 'a good row is in the error file')
})

await run('plans: agent, pace, retries, hours, worst case', async () => {
  await button('Continue').click()
  await page.waitForURL('**step=plan**')
  const name = page.getByLabel('Name', { exact: true })
  await name.waitFor()
  await name.fill(`Web test ${file.name}`)
  await page.getByLabel('Calls at once').fill('1')
  await page.getByLabel('Calls for each contact at most').fill('2')
  await page.getByText(`Worst case: ${expected.imported * 2} calls`).waitFor()
  await page.getByLabel('Call at any hour').check()
  await checkAccess(page, 'wizard: plan')
  await button('Continue').click()
  await page.waitForURL('**step=confirm**')
  await page.getByText(`Ready to call ${expected.imported} people`).waitFor()
  await checkAccess(page, 'wizard: confirm')
})

await run('starts, pauses and resumes the campaign', async () => {
  await button('Start calling').click()
  await page.waitForURL('**/campaigns/cmp_*')
  await button('Pause').click()
  await button('Resume').waitFor({ timeout: 5_000 })
  await checkAccess(page, 'campaign')
  await button('Resume').click()
  await button('Pause').waitFor({ timeout: 5_000 })
})

const campaign = new URL(page.url()).pathname

await run('shows live progress until every contact is finished', async () => {
  const seen = new Set()
  const end = Date.now() + waitMs
  const header = page.getByRole('banner').or(page.locator('main header'))
  for (;;) {
    seen.add(await text('rows-finished'))
    if (await header.getByText('Completed', { exact: true }).isVisible()) break
    expect(Date.now() < end, `not completed in ${waitMs / 1000} s: ${[...seen].at(-1)}`)
    await page.waitForTimeout(250)
  }
  const last = await text('rows-finished')
  const all = `${expected.imported} of ${expected.imported} contacts finished`
  expect(last === all, `ended with: ${last}`)
  expect(seen.size > 1, 'the numbers never moved on screen')
})

await run('explains one contact', async () => {
  await button('Contacts').click()
  await page.getByRole('button', { name: 'Explain' }).first().click()
  await page.getByRole('dialog').waitFor()
  await checkAccess(page, 'explain')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

await run('opens a call of the campaign with its transcript and timeline', async () => {
  await page.locator('main').getByRole('link', { name: 'Calls', exact: true }).click()
  await page.waitForURL('**/calls?campaign=**')
  await page.locator('tbody a').first().waitFor()
  await checkAccess(page, 'calls')
  await page.getByLabel('Status').selectOption('completed')
  await page.waitForURL('**status=completed**')
  await page.locator('tbody a').first().click()
  await page.waitForURL('**/calls/call_*')
  const log = page.getByRole('log')
  await log.getByText('Agent', { exact: true }).first().waitFor()
  await log.getByText('Caller', { exact: true }).first().waitFor()
  expect((await page.locator('main ol li').count()) > 3, 'no timeline')
  await checkAccess(page, 'call')
})

await run('the credits went down by what the calls cost', async () => {
  await visit('Billing')
  await page.getByRole('table').getByText('Used', { exact: true }).first().waitFor()
  const end = Date.now() + 15_000
  while ((await numberIn('credits-balance')) >= before) {
    expect(Date.now() < end, `the balance is still ${before}`)
    await page.waitForTimeout(500)
    await page.reload()
    await page.getByTestId('credits-balance').waitFor()
  }
})

await run('finds the imported contacts', async () => {
  await visit('Contacts')
  await page.getByLabel('Search').fill('Asha Verma')
  await page.waitForURL('**q=Asha**')
  await page.locator('tbody button').first().waitFor()
  await checkAccess(page, 'contacts')
  await button('Do not call').first().click()
  await page.waitForURL('**tab=suppressed**')
  await checkAccess(page, 'do not call')
})

await run('forgets a person who asks for it', async () => {
  await visit('Contacts')
  await page.getByLabel('Search').fill('Asha Verma')
  await page.waitForURL('**q=Asha**')
  await page.locator('tbody button').first().click()
  await button('Erase this person').click()
  await page.getByText('is deleted for good').waitFor()
  await checkAccess(page, 'erase a person')
  await button('Erase for good').click()
  await page.getByText('The person was erased').waitFor()
  await page.getByText('No contacts match').waitFor()
})

await run('campaigns and settings are accessible', async () => {
  await visit('Campaigns')
  await page.locator('tbody tr').first().waitFor()
  await checkAccess(page, 'campaigns')
  await visit('Settings')
  await page.getByLabel('Calls at once').waitFor()
  await checkAccess(page, 'settings')
  await button('Team').click()
  await page.getByText(endpoints.demo.email).last().waitFor()
  await checkAccess(page, 'team')
})

await run('logging out ends the session', async () => {
  await button('Log out').click()
  await page.waitForURL('**/login')
  await page.goto(`${base}/calls`)
  await page.waitForURL('**/login**')
})

const phone = await openPage(browser, {
  viewport: { width: 360, height: 740 },
  colorScheme: 'dark',
})
await step('works in Hindi, dark, on a screen of 360 px', phone.page, async () => {
  const small = phone.page
  await small.goto(`${base}/login`)
  await logIn(small)
  await small.getByRole('heading', { name: 'Today' }).waitFor()
  await small.getByRole('button', { name: 'Menu' }).click()
  await small.getByRole('dialog').getByLabel('Language').selectOption('hi')
  await small.keyboard.press('Escape')
  await small.getByRole('heading', { name: 'आज' }).waitFor()
  for (const path of ['/', '/campaigns', campaign, '/calls', '/contacts', '/test-call', '/billing', '/settings']) {
    await small.goto(base + path)
    await small.getByRole('heading', { level: 1 }).waitFor()
    // Data comes after the frame; both are looked at.
    await small.waitForLoadState('networkidle')
    await checkWidth(small, path)
    await checkAccess(small, `${path} (hi, dark)`)
  }
})

await step('no page wrote an error to the console', page, async () => {
  const all = [...errors, ...phone.errors]
  expect(all.length === 0, all.slice(0, 5).join(' | '))
})

await browser.close()
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exitCode = count.failed ? 1 : 0
