// The one stream of events of a browser: it goes on where it stopped, however often it is cut off.
// Runs in the shared worker, or in the tab itself where there is none.
import {EventReader} from './sse'

export interface Entry {
  position: number
  run_id: number
  at: string
  actor: string
  events: {type: string}[]
}

export type FeedMessage =
  | {kind: 'entry'; entry: Entry}
  | {kind: 'open'; at: number}
  | {kind: 'lost'; since: number; forbidden: boolean}  // since: when it last heard something
  | {kind: 'reset'}                                    // positions are of another log: read everything again

const silence = 40_000  // the server pings every 15 s
const waits = [500, 1000, 2000, 4000, 8000]

export function runFeed(tell: (message: FeedMessage) => void): void {
  let position = ''
  let heard = Date.now()
  let failures = 0

  async function once() {
    const ended = new AbortController()
    let watchdog = setTimeout(() => ended.abort(), silence)
    try {
      const headers: Record<string, string> = position ? {'Last-Event-ID': position} : {}
      const response = await fetch('/api/v1/events', {headers, signal: ended.signal, cache: 'no-store'})
      if (!response.ok || !response.body) {
        tell({kind: 'lost', since: heard, forbidden: response.status === 401 || response.status === 403})
        return
      }
      const reader = new EventReader()
      const stream = response.body.pipeThrough(new TextDecoderStream()).getReader()
      failures = 0
      for (;;) {
        const {done, value} = await stream.read()
        if (done) break
        clearTimeout(watchdog)
        watchdog = setTimeout(() => ended.abort(), silence)
        heard = Date.now()
        for (const event of reader.push(value)) {
          if (event.event === 'reset') { tell({kind: 'reset'}); position = event.id; continue }
          if (event.data === '' || event.event === 'ping') continue
          const entry = JSON.parse(event.data) as Entry
          if (position && entry.position <= Number(position)) continue
          position = String(entry.position)
          tell({kind: 'entry', entry})
        }
        if (!position) position = reader.lastId
        tell({kind: 'open', at: heard})
      }
    } catch {
      // Cut off: it is asked for again below.
    } finally {
      clearTimeout(watchdog)
    }
    tell({kind: 'lost', since: heard, forbidden: false})
  }

  void (async () => {
    for (;;) {
      await once()
      const wait = waits[Math.min(failures++, waits.length - 1)]!
      await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)))
    }
  })()
}
