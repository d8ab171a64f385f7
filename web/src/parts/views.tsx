// Views of the runs: those that everybody has, and those that somebody has named.
import {useState} from 'react'
import type {RunFilters} from '../api/queries'
import {readViews, withView, type View} from '../lib/views'
import {Field} from '../run/actions'
import {Button} from './basics'
import {Dialog} from './dialog'

const key = 'gatewright.views'
type RunView = View<RunFilters>

const filled = (filters: RunFilters) => Object.entries(filters).filter(([, value]) => value).sort()
const isSame = (a: RunFilters, b: RunFilters) => JSON.stringify(filled(a)) === JSON.stringify(filled(b))

export function Views({own, filters, set}: {own: RunView[]; filters: RunFilters; set: (filters: RunFilters) => void}) {
  const [named, setNamed] = useState<RunView[]>(() => readViews(localStorage.getItem(key)))
  const [isNaming, name] = useState(false)
  const keep = (views: RunView[]) => { localStorage.setItem(key, JSON.stringify(views)); setNamed(views) }
  const current = named.find((view) => isSame(view.filters, filters))
  const isKnown = current !== undefined || own.some((view) => isSame(view.filters, filters))
  return (
    <>
      <nav className="views" aria-label="Views">
        {[...own, ...named].map((view) => <button key={view.name} type="button" aria-current={isSame(view.filters, filters) ? 'true' : undefined} onClick={() => set(view.filters)}>{view.name}</button>)}
      </nav>
      {!isKnown && <Button kind="quiet" icon="star" onPress={() => name(true)}>Keep this view</Button>}
      {current && <Button kind="quiet" onPress={() => keep(named.filter((view) => view !== current))}>Forget “{current.name}”</Button>}
      {isNaming && <NameView taken={own.map((view) => view.name)} onClose={() => name(false)}
        onName={(text) => {
          const next = withView(named, {name: text, filters: Object.fromEntries(filled(filters))})
          if (next) { keep(next); name(false) }
          return next !== null
        }} />}
    </>
  )
}

function NameView({taken, onName, onClose}: {taken: string[]; onName: (name: string) => boolean; onClose: () => void}) {
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string>()
  const submit = () => {
    if (taken.includes(text.trim())) setProblem('There is a view of that name that everybody has.')
    else if (!onName(text.trim())) setProblem('Twenty views are kept; forget one first.')
  }
  return (
    <Dialog title="Keep this view" onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); submit() }}>
        <div className="dialog-body">
          <Field label="Name" must hint="Kept by this browser. Its address can be sent to somebody." problem={problem}><input autoFocus required maxLength={40} value={text} onChange={(e) => setText(e.target.value)} /></Field>
        </div>
        <footer><Button onPress={onClose}>Back</Button><Button kind="primary" type="submit" isDisabled={!text.trim()}>Keep it</Button></footer>
      </form>
    </Dialog>
  )
}
