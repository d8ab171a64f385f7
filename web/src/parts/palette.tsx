// The palette (Ctrl-K): go anywhere, find a run, change how the page looks. And the help for the keys.
import {useQuery} from '@tanstack/react-query'
import {useNavigate} from '@tanstack/react-router'
import {useState} from 'react'
import {api, take} from '../api/client'
import {workflowsQuery} from '../api/queries'
import {Dialog} from './dialog'
import {Icon} from './icons'
import {areKeysOn, turnKeys} from './keys'
import {places} from './places'

interface Choice { id: string; text: string; icon: string; hint?: string; act: () => void }

export function Palette({onClose, commands}: {onClose: () => void; commands: Choice[]}) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const {data: workflows} = useQuery(workflowsQuery)
  const found = useQuery({
    queryKey: ['runs', 'palette', text], enabled: text.trim().length > 0,
    queryFn: () => take(api.GET('/api/v1/runs', {params: {query: {q: text.trim(), limit: 6}}})),
  })
  const number = /^#?([1-9]\d{0,14})$/.exec(text.trim())?.[1]
  const all: Choice[] = [
    ...(number ? [{id: 'number', text: `Go to run #${number}`, icon: 'list', act: () => void navigate({to: '/runs/$id', params: {id: number}})}] : []),
    ...places.map((place) => ({id: place.to, text: place.name, icon: place.icon, hint: place.keys, act: () => void navigate({to: place.to})})),
    ...commands,
    ...(workflows ?? []).flatMap((w) => [
      {id: `w ${w.name}`, text: `Workflow ${w.title || w.name}`, icon: 'flow', act: () => void navigate({to: '/workflows/$name', params: {name: w.name}})},
      {id: `n ${w.name}`, text: `New run of ${w.title || w.name}`, icon: 'plus', act: () => void navigate({to: '/new', search: {workflow: w.name}})},
    ]),
  ]
  const wanted = text.trim().toLowerCase()
  const shown: Choice[] = [
    ...all.filter((choice) => choice.id === 'number' || choice.text.toLowerCase().includes(wanted)),
    ...(wanted ? found.data?.items ?? [] : []).map((run) => ({id: `run ${run.id}`, text: `${run.name} #${run.id}`, icon: 'list', act: () => void navigate({to: '/runs/$id', params: {id: String(run.id)}})})),
  ].slice(0, 14)
  const chosen = Math.min(at, shown.length - 1)
  const act = (choice?: Choice) => { if (choice) { onClose(); choice.act() } }
  return (
    <Dialog title="Go to" onClose={onClose}>
      <div className="palette">
        <input autoFocus role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Where to, or what" aria-activedescendant={shown[chosen] ? `palette-${chosen}` : undefined}
          placeholder="A screen, a run’s name or number…" value={text} onChange={(e) => { setText(e.target.value); setAt(0) }}
          onKeyDown={(e) => {
            if (e.key === 'ArrowDown') { e.preventDefault(); setAt(Math.min(chosen + 1, shown.length - 1)) }
            else if (e.key === 'ArrowUp') { e.preventDefault(); setAt(Math.max(chosen - 1, 0)) }
            else if (e.key === 'Enter') { e.preventDefault(); act(shown[chosen]) }
          }} />
        <ul id="palette-list" role="listbox" aria-label="What was found">{shown.map((choice, i) => (
          <li key={choice.id} id={`palette-${i}`} role="option" aria-selected={i === chosen} onClick={() => act(choice)} onMouseMove={() => setAt(i)}>
            <Icon name={choice.icon} size={14} /><span className="over">{choice.text}</span>{choice.hint && <kbd>{choice.hint}</kbd>}
          </li>
        ))}</ul>
        {shown.length === 0 && <p className="faint">Nothing is called that.</p>}
      </div>
    </Dialog>
  )
}

const keys: [string, string][] = [
  ['?', 'This help'], ['Ctrl K', 'Go to…'], ['/', 'Search the runs'], ['j  k', 'Next, previous'], ['Enter', 'Open'], ['x', 'Choose, in the list of runs'],
  ['a', 'Approve'], ['r', 'Reject'], ['Ctrl ↵', 'Send, in a dialog'], ['Esc', 'Close, go back'], ...places.filter((p) => p.keys).map((p): [string, string] => [p.keys!, p.name]),
]

export function Help({onClose}: {onClose: () => void}) {
  const [areOn, setOn] = useState(areKeysOn())
  return (
    <Dialog title="Keys" onClose={onClose}>
      <div className="dialog-body">
        <dl className="keys">{keys.map(([key, what]) => <div key={key}><dt>{key.split(' ').filter(Boolean).map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
        <label className="check"><input type="checkbox" autoFocus checked={areOn} onChange={(e) => { turnKeys(e.target.checked); setOn(e.target.checked) }} /> Single keys do something</label>
        <p className="meta">They never do while you write.</p>
      </div>
    </Dialog>
  )
}
