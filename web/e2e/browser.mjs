// Debian's Chromium, opened as somebody; what broke in it, and what axe finds.
import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {chromium} from 'playwright-core'

export const patience = 20_000  // only ends a test that has already failed
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export class Browser {
  complaints = []  // of every page: what the policy refused, what broke, what was run that should not be

  static async launch() {
    const one = new Browser()
    one.chromium = await chromium.launch({executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage']})
    return one
  }

  close() { return this.chromium.close() }

  async open(who, options = {}) {
    const context = await this.chromium.newContext({viewport: {width: 1280, height: 800}, timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce', ...options})
    context.setDefaultTimeout(patience)
    await context.addInitScript((name) => {
      if (!location.protocol.startsWith('http')) return
      localStorage.setItem('gatewright.actor', name)
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))
      window.alert = (text) => console.error(`ran: ${text}`)
    }, who)
    context.on('weberror', (error) => this.complaints.push(String(error.error())))
    context.on('console', (message) => {
      // That an answer was a refusal, or none came, is what some of the tests are about.
      if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text())) this.complaints.push(message.text())
    })
    return context
  }

  async visit(address, who, options) {
    const context = await this.open(who, options)
    const page = await context.newPage()
    await page.goto(address)
    return page
  }
}

const ofColours = {runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}

// By every rule of axe, or by those that the colours of a page have to do with. What is around every
// screen need not be looked at with each.
export async function faults(page, {isOfColours = false, isWithoutShell = false} = {}) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe)
  const {violations} = await page.evaluate(({where, options}) => globalThis.axe.run(where, options),
    {where: isWithoutShell ? {exclude: [['.top'], ['.side']]} : {include: [['html']]}, options: {resultTypes: ['violations'], ...(isOfColours ? ofColours : {})}})
  return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')} ${node.failureSummary}`))
}
