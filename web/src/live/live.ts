// What the page knows about being live, and what it reads again when something happened.
import type {QueryClient} from '@tanstack/react-query'
import {useSyncExternalStore} from 'react'
import {runFeed, type Entry, type FeedMessage} from './feed'

export interface LiveState { state: 'connecting' | 'live' | 'lost'; heard: number }

let current: LiveState = {state: 'connecting', heard: Date.now()}
const watchers = new Set<() => void>()
const listeners = new Set<(entry: Entry) => void>()

function set(next: LiveState) {
  current = next
  for (const watcher of watchers) watcher()
}

export function useLive(): LiveState {
  return useSyncExternalStore(
    (watcher) => { watchers.add(watcher); return () => watchers.delete(watcher) },
    () => current)
}

export function onEntry(listener: (entry: Entry) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

// Lists are read again at once, and then not more often than twice a second.
function throttled(work: () => void): () => void {
  let isWaiting = false
  let last = 0
  return () => {
    if (isWaiting) return
    const wait = Math.max(0, last + 500 - Date.now())
    isWaiting = wait > 0
    const run = () => { isWaiting = false; last = Date.now(); work() }
    if (wait > 0) setTimeout(run, wait); else run()
  }
}

export function startLive(queries: QueryClient): void {
  const readLists = throttled(() => {
    for (const key of ['inbox', 'runs', 'locks']) void queries.invalidateQueries({queryKey: [key]})
  })
  const readSite = throttled(() => {
    for (const key of ['workflows', 'site']) void queries.invalidateQueries({queryKey: [key]})
  })
  const tell = (message: FeedMessage) => {
    switch (message.kind) {
      case 'entry':
        if (message.entry.run_id === 0) readSite()
        else void queries.invalidateQueries({queryKey: ['run', message.entry.run_id]})
        readLists()
        for (const listener of listeners) listener(message.entry)
        return
      case 'open':
        if (current.state === 'lost') void queries.invalidateQueries({queryKey: ['page']})
        set({state: 'live', heard: message.at})
        return
      case 'lost':
        set({state: 'lost', heard: message.since})
        return
      case 'reset':
        void queries.invalidateQueries()
    }
  }
  if (typeof SharedWorker === 'undefined') {
    runFeed(tell)
    return
  }
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), {type: 'module', name: `gatewright ${__VERSION__}`})
  worker.port.onmessage = (event: MessageEvent<FeedMessage>) => tell(event.data)
  worker.port.start()
  addEventListener('pagehide', () => worker.port.postMessage('bye'))
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload() })
}
