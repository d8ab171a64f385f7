// Who the page says it is, while the server asks nobody to prove it: the value of X-Gatewright-Actor,
// chosen once and kept by the browser. Nobody chosen = everybody, as the server has it.
import {useSyncExternalStore} from 'react'

const key = 'gatewright.actor'
const watchers = new Set<() => void>()

// Whether the server asks for proof; until it has been asked, nothing is claimed.
let isProven = true
export function setProven(value: boolean): void { isProven = value }

export function actor(): string { return isProven ? '' : localStorage.getItem(key) ?? '' }
export function actorName(): string { return actor().split(';')[0]!.trim() || 'dev' }

export function setActor(value: string): void {
  if (value) localStorage.setItem(key, value); else localStorage.removeItem(key)
  for (const watcher of watchers) watcher()
}

export function useActor(): string {
  return useSyncExternalStore((watcher) => {
    const other = (event: StorageEvent) => { if (event.key === key) watcher() }
    watchers.add(watcher)
    addEventListener('storage', other)
    return () => { watchers.delete(watcher); removeEventListener('storage', other) }
  }, actor)
}
