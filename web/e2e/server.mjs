// The real program in a folder of its own, asked as somebody asks it from outside.
import {spawn} from 'node:child_process'
import {cpSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')

export class Server {
  constructor(program) {
    this.program = resolve(program)
    this.folder = mkdtempSync(join(tmpdir(), 'gatewright-page-'))
    cpSync(join(here, 'workflows'), join(this.folder, 'workflows'), {recursive: true})
    cpSync(join(root, 'config/workflows/deployment.yaml'), join(this.folder, 'workflows/deployment.yaml'))
    cpSync(join(root, 'config/calendars'), join(this.folder, 'calendars'), {recursive: true})
    this.port = 0
    this.arguments = []
    this.environment = {}
    this.lines = []
  }

  async start() {
    this.process = spawn(this.program, ['serve', '--port', String(this.port), '--db', 'runs.db', '--workflows', 'workflows', '--calendars', 'calendars',
      '--plugins-trust', 'anybody', ...this.arguments], {cwd: this.folder, env: {...process.env, ...this.environment}, stdio: ['ignore', 'pipe', 'pipe']})
    this.ended = new Promise((done) => this.process.once('exit', done))
    this.port = await new Promise((found, failed) => {
      const read = (bytes) => {
        this.lines.push(String(bytes))
        const port = /listening on .*?:(\d+),/.exec(String(bytes))?.[1]
        if (port) found(Number(port))
      }
      this.process.stdout.on('data', read)
      this.process.stderr.on('data', read)
      void this.ended.then(() => failed(new Error(`the server did not start:\n${this.lines.join('')}`)))
    })
    this.base = `http://127.0.0.1:${this.port}`
    return this
  }

  async kill() {
    this.process.kill('SIGKILL')
    await this.ended
  }

  async end() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill()
    rmSync(this.folder, {recursive: true, force: true})
  }

  async ask(method, path, who, body) {
    const answer = await fetch(this.base + path, {
      method, body: body && JSON.stringify(body), headers: {'X-Gatewright-Actor': who, ...(body ? {'Content-Type': 'application/json'} : {})}})
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return answer.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text
  }

  run(name, who = 'alice', more = {workflow: 'deployment', subject: {environment: 'staging', version: '1'}}) {
    return this.ask('POST', '/api/v1/runs', who, {name, ...more})
  }

  approve(run, who, comment = 'fine') { return this.ask('POST', `/api/v1/runs/${run.id}/approve`, who, {comment}) }
}
