// Every screen in every state that it can be in, forced one by one, light and dark, held to every rule
// that axe knows. node states_test.mjs PROGRAM
import assert from 'node:assert/strict'
import {after, before, describe, test} from 'node:test'
import {Browser, faults} from './browser.mjs'
import {Server} from './server.mjs'

const qa = 'quinn; roles=qa', devops = 'devi; roles=devops', everything = 'olga; roles=qa,devops,security'
let server, browser
const runs = {}

before(async () => {
  server = await new Server(process.env.GATEWRIGHT ?? process.argv[2]).start()
  browser = await Browser.launch()
  runs.open = await server.run('For the eyes', 'alice', {workflow: 'release', subject: {environment: 'production', version: '4', changes: 'https://example.com/x'}})
  await server.approve(runs.open, qa, 'I looked at it.')
  runs.rejected = await server.run('No more', 'alice')
  await server.ask('POST', `/api/v1/runs/${runs.rejected.id}/reject`, qa, {comment: 'not on a Friday'})
  runs.done = await server.run('Done', 'alice')
  for (const who of [qa, devops, 'dora; roles=devops']) await server.approve(runs.done, who)
})

after(async () => {
  await browser?.close()
  await server?.end()
})

const json = (body) => ({status: 200, contentType: 'application/json', body: JSON.stringify(body)})
const problem = (status, code, title) => ({
  status, contentType: 'application/problem+json',
  body: JSON.stringify({type: `/docs/problems#${code}`, title, status, detail: 'Because the test says so.', code, request_id: 'r-1'})})
const nothing = json({items: [], next_cursor: null})
const noNumbers = (numbers) => ({...numbers, runs: {...numbers.runs, ended: 0}, stages: []})

// What a screen reads, what shows that it has it, and how it looks without.
const screens = {
  'the inbox': {path: '/', reads: '/api/v1/inbox', shows: 'You can decide this.', empty: [nothing, 'Nothing waits for you']},
  'the runs': {path: '/runs', reads: '/api/v1/runs', shows: 'No more', empty: [nothing, 'There are no runs yet'], filtered: ['/runs?q=nothing-like-it', 'No run is like that', 'Clear the filters']},
  'a run': {path: () => `/runs/${runs.open.id}`, reads: () => `/api/v1/runs/${runs.open.id}`, shows: 'You can decide this.',
    terminal: [() => `/runs/${runs.rejected.id}`, 'Nothing is left to decide.']},
  'a new run': {path: '/new?workflow=release', reads: '/api/v1/workflows', shows: 'Where it goes.', empty: [nothing, 'There are no workflows']},
  'the workflows': {path: '/workflows', reads: '/api/v1/workflows', shows: 'Release to customers', empty: [nothing, 'There are no workflows']},
  'a workflow': {path: '/workflows/release', reads: '/api/v1/workflows/release', shows: 'As a table'},
  'the locks': {path: '/locks', reads: '/api/v1/locks', shows: 'No lock is held', empty: [nothing, 'No lock is held']},
  'the calendars': {path: '/calendars', reads: '/api/v1/calendars', shows: 'business-hours', empty: [nothing, 'A workflow without a calendar acts at any time.']},
  'the stops': {path: '/calendars', reads: '/api/v1/stop', shows: 'Actions start as their gates and calendars allow.', empty: [nothing, 'Actions start as their gates and calendars allow.']},
  'the notifications': {path: '/deliveries', reads: '/api/v1/deliveries', shows: 'Tries', empty: [nothing, 'Nobody was told anything so far'], filtered: ['/deliveries?state=disabled', 'None is like that', 'Show all']},
  'the plugins': {path: '/plugins', reads: '/api/v1/plugins', shows: 'noop', empty: [nothing, 'No plugin is loaded']},
  'the numbers': {path: '/numbers', reads: '/api/v1/numbers', shows: 'Change failure rate', empty: [noNumbers, 'No run has ended in this time'], filtered: ['/numbers?workflow=release', 'No run of it has ended in this time', 'All workflows, a year']},
  'the system': {path: '/system', reads: '/health', shows: 'Authentication'},
}
const value = (thing) => typeof thing === 'function' ? thing() : thing

// The same elements in other colours: what has nothing to do with colours is as it was.
async function lightAndDark(page, name, options = {}) {
  const found = []
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme, reducedMotion: 'reduce'})
    found.push(...(await faults(page, {...options, isOfColours: colorScheme === 'dark'})).map((fault) => `${name}, ${colorScheme}: ${fault}`))
  }
  return found
}

describe('every screen in every state, without a fault that axe knows,', {concurrency: 4}, () => {
  for (const [name, screen] of Object.entries(screens)) {
    test(name, async () => {
      const context = await browser.open(everything)
      const page = await context.newPage()
      const found = []
      const check = async (state) => found.push(...await lightAndDark(page, `${name}, ${state}`, {isWithoutShell: state !== 'as it is'}))
      const text = (words) => page.locator('main').getByText(words).first().waitFor()
      const reads = (url) => url.pathname === value(screen.reads)
      const force = async (answer) => {
        await page.unroute(reads)
        if (answer) await page.route(reads, answer)
      }
      const go = (path = screen.path) => page.goto(server.base + value(path))

      let release
      const held = new Promise((done) => { release = done })
      await force(async (route) => { await held; await route.continue() })
      await go()
      await page.locator('.skeleton > div').first().waitFor()
      await check('being read')
      release()
      await text(screen.shows)
      await check('as it is')

      await force((route) => route.fulfill(problem(500, 'internal', 'Internal Server Error')))
      await go()
      await text('request r-1')
      await text('Internal Server Error')
      await check('refused')
      await force((route) => route.fulfill(problem(403, 'forbidden', 'Forbidden')))
      await page.getByRole('button', {name: 'Try again'}).first().click()
      await text('Whoever administers this server can grant it.')
      await check('forbidden')
      await force((route) => route.abort())
      await page.getByRole('button', {name: 'Try again'}).first().click()
      await text('The server does not answer')
      await check('no answer')
      await force(null)
      await page.getByRole('button', {name: 'Try again'}).first().click()
      await text(screen.shows)

      if (screen.empty) {
        const [answer, words] = screen.empty
        await force(async (route) => route.fulfill(typeof answer === 'function' ? json(answer(await (await route.fetch()).json())) : answer))
        await go()
        await text(words)
        await page.locator('main .curl').first().waitFor()  // how to begin
        await check('empty')
        await force(null)
      }
      if (screen.filtered) {
        const [path, words, action] = screen.filtered
        await go(path)
        await text(words)
        await check('filtered to nothing')
        await page.getByRole('button', {name: action}).click()
        await text(screen.shows)
      }
      if (screen.terminal) {
        const [path, words] = screen.terminal
        await go(path)
        await text(words)
        for (const button of ['Approve', 'Reject']) assert.equal(await page.getByRole('button', {name: button}).isDisabled(), true)
        await check('over')
      }
      await context.close()
      assert.deepEqual(found, [])
    })
  }

  test('the decision and the help', async () => {
    const page = await browser.visit(`${server.base}/runs/${runs.open.id}`, everything)
    await page.getByText('You can decide this.').waitFor()
    for (const [key, words] of [['a', 'What happens then'], ['?', 'Single keys do something'], ['Control+k', 'Act as somebody else']]) {
      await page.keyboard.press(key)
      await page.getByRole('dialog').getByText(words).first().waitFor()
      assert.deepEqual(await lightAndDark(page, words), [])
      await page.keyboard.press('Escape')
    }
    await page.goto(`${server.base}/runs/0`)
    await page.getByText('There is no such run').waitFor()
    assert.deepEqual(await faults(page), [])
    await page.context().close()
  })
})

test('a page of another build than the server says so', async () => {
  const context = await browser.open(everything)
  const page = await context.newPage()
  await page.goto(`${server.base}/locks`)
  await page.getByText('No lock is held').waitFor()
  assert.equal(await page.getByText('The server has another page now').count(), 0)
  await page.route((url) => url.pathname === '/', (route) => route.fulfill({status: 200, contentType: 'text/html', body: '<script src="/assets/index-other.js"></script>'}))
  await page.goto(`${server.base}/system`)
  await page.getByText('The server has another page now').waitFor()
  assert.deepEqual(await lightAndDark(page, 'another page'), [])
  await page.unroute((url) => url.pathname === '/')
  await context.close()
})

test('nothing broke, and the policy had nothing to refuse', () => assert.deepEqual(browser.complaints, []))
