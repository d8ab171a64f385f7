// The page where the server asks who is there: logging in, deciding, logging out. node login_test.mjs
// PROGRAM
import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {Browser, faults} from './browser.mjs'
import {Server} from './server.mjs'

const password = 'correct horse battery staple'
let server, browser

before(async () => {
  const program = process.env.GATEWRIGHT ?? process.argv[2]
  const hash = execFileSync(program, ['user', 'hash'], {input: password + '\n'}).toString().trim()
  server = new Server(program)
  server.arguments = ['--auth', 'token', '--directory', 'directory.yaml']
  server.environment = {APPROVAL_JWT_SECRET: 's'.repeat(32)}
  writeFileSync(join(server.folder, 'directory.yaml'), `apiVersion: gatewright/v1
kind: Directory
metadata: {name: people}
spec:
  users:
    - {id: rita, roles: [requester], password: '${hash}'}
    - {id: quinn, roles: [qa], groups: [testers], password: '${hash}'}
  roles:
    - {name: everybody, allow: [{verbs: [view]}]}
    - {name: requester, allow: [{verbs: [request, cancel]}]}
    - {name: qa, allow: [{verbs: [vote], stages: [QA]}]}
`)
  await server.start()
  browser = await Browser.launch()
})

after(async () => {
  await browser?.close()
  await server?.end()
})

async function logIn(page, name, word = password) {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('Password').fill(word)
  await page.getByRole('button', {name: 'Log in'}).click()
  if (word === password) await page.getByRole('button', {name: `You are ${name}`}).waitFor()
}

test('who has not logged in is asked to, and sees nothing else', async () => {
  const page = await browser.visit(`${server.base}/runs`, 'mallory; roles=qa')  // what a browser once claimed
  await page.getByRole('heading', {name: 'Log in to Gatewright'}).waitFor()
  assert.equal(await page.getByRole('navigation').count(), 0)
  for (const theme of ['light', 'dark']) {
    await page.evaluate((name) => { document.documentElement.dataset.theme = name }, theme)
    assert.deepEqual(await faults(page), [], theme)
  }
  await logIn(page, 'quinn', 'a wrong password')
  await page.getByRole('alert').getByText('there is no such user with this password').waitFor()
  assert.equal(await page.getByLabel('Password').inputValue(), '')
  await logIn(page, 'quinn')
  await page.getByRole('heading', {name: 'All runs', exact: true}).waitFor()
  await page.getByText('Live', {exact: true}).waitFor()
  await page.context().close()
})

test('one decides as who one is, and no more after the logout', async () => {
  const ask = await browser.visit(`${server.base}/new`, '')
  await logIn(ask, 'rita')
  await ask.getByLabel('Name (needed)').fill('Deploy by rita')
  await ask.getByRole('button', {name: 'Create the run'}).click()
  await ask.getByRole('heading', {name: 'Deploy by rita'}).first().waitFor()

  const page = await browser.visit(server.base, '')
  await logIn(page, 'quinn')
  await page.locator('.split-list').getByText('Deploy by rita').click()
  await page.locator('.split-detail').getByRole('button', {name: 'Approve'}).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', {name: 'Approve'}).click()
  await dialog.waitFor({state: 'detached'})
  await ask.locator('.run-header').getByText('Approved by QA', {exact: true}).waitFor()  // live
  await ask.locator('.person', {hasText: 'quinn'}).first().waitFor()

  await page.getByRole('button', {name: 'You are quinn'}).click()
  await page.getByRole('dialog').getByRole('row', {name: /vote.*in some places/}).waitFor()
  await page.getByRole('dialog').getByText('testers').waitFor()
  assert.deepEqual(await faults(page), [])
  const cookies = await page.context().cookies()
  await page.getByRole('button', {name: 'Log out'}).click()
  await page.getByRole('heading', {name: 'Log in to Gatewright'}).waitFor()

  // The cookie of before is good for nothing.
  await page.context().addCookies(cookies)
  await page.reload()
  await page.getByRole('heading', {name: 'Log in to Gatewright'}).waitFor()
  await page.context().close()
  await ask.context().close()
})

test('a session that ends elsewhere ends here', async () => {
  const context = await browser.open('')
  const one = await context.newPage(), other = await context.newPage()
  await one.goto(server.base)
  await logIn(one, 'quinn')
  await one.getByRole('button', {name: 'You are quinn'}).waitFor()
  await other.goto(`${server.base}/runs`)
  await other.getByRole('button', {name: 'You are quinn'}).click()
  await other.getByRole('button', {name: 'Log out'}).click()
  await other.getByRole('heading', {name: 'Log in to Gatewright'}).waitFor()
  await one.getByRole('link', {name: 'Plugins'}).click()
  await one.getByRole('heading', {name: 'Log in to Gatewright'}).waitFor()
  await context.close()
})

test('nothing of the policy was hurt', () => assert.deepEqual(browser.complaints, []))
