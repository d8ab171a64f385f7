// Keys of the page. None fires while something is written or a dialog is open; they can be turned off.
import {useEffect, useRef} from 'react'

const offKey = 'gatewright.keys'
export const areKeysOn = () => localStorage.getItem(offKey) !== 'off'
export const turnKeys = (on: boolean) => on ? localStorage.removeItem(offKey) : localStorage.setItem(offKey, 'off')

function isBusy(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  // What is written in: the editor has a shadow root, behind which the event's target is hidden.
  const target = event.composedPath()[0] as HTMLElement
  return target.matches?.('input, textarea, select, [contenteditable]') || document.querySelector('[role="dialog"], [role="menu"]') !== null
}

let prefix = ''
let prefixAt = 0

// "j", "?", "g i" … to what they do.
export function useKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!areKeysOn() || isBusy(event)) return
      const long = `${prefix} ${event.key}`
      const isLong = prefix !== '' && Date.now() - prefixAt < 1200
      const act = (isLong ? latest.current[long] : undefined) ?? (isLong ? undefined : latest.current[event.key])
      if (act) { event.preventDefault(); act() }
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

// The first of two keys. On the window, so that every useKeys hears a key before.
export function startPrefixes(): void {
  addEventListener('keydown', (event) => {
    if (!areKeysOn() || isBusy(event)) return
    prefix = event.key === 'g' && prefix !== 'g' ? 'g' : ''
    prefixAt = Date.now()
  })
}
