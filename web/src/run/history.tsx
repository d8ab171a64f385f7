// What happened to a run, event by event: as a timeline, or as the log has it.
import {useQuery} from '@tanstack/react-query'
import {useState} from 'react'
import type {HistoryItem} from '../api/client'
import {historyQuery} from '../api/queries'
import {absolute, clock} from '../lib/time'
import {Ago, Button, Person, Shown} from '../parts/basics'
import {Icon} from '../parts/icons'
import {eventWords} from './actions'

function iconOf(type: string): string {
  if (/Rejected|Failed|Cancelled|Expired/.test(type)) return 'cross'
  if (/Vote/.test(type)) return 'user'
  if (/Satisfied|Done|Succeeded/.test(type)) return 'check'
  if (/Opened|Asked/.test(type)) return 'users'
  if (/Attempt|Action/.test(type)) return 'play'
  if (/Lock/.test(type)) return 'lock'
  if (/Finished/.test(type)) return 'flag'
  if (/Overrid|Incident/.test(type)) return 'warning'
  return 'circle'
}

const shortFields = ['stage', 'state', 'choice', 'outcome', 'reason', 'comment', 'summary', 'attempt', 'number', 'epoch']

function facts(event: HistoryItem['event']): string {
  const known = event as Record<string, unknown>
  return shortFields.filter((name) => known[name] !== undefined && known[name] !== null && known[name] !== '' && !(name === 'epoch' && known[name] === 1))
    .map((name) => (name === 'stage' || name === 'state' || name === 'choice' || name === 'comment' ? String(known[name]).replaceAll('_', ' ') : `${name} ${String(known[name])}`)).join(' · ')
}

export function History({id}: {id: number}) {
  const query = useQuery(historyQuery(id))
  const [isJson, showJson] = useState(false)
  return (
    <Shown query={query} what="the history">{(page) => (
      <div className="history">
        <div className="log-bar">
          <span className="meta">{page.items.length} events</span>
          <Button kind="quiet" onPress={() => showJson(!isJson)}>{isJson ? 'As a timeline' : 'As JSON'}</Button>
        </div>
        {isJson ? <pre tabIndex={0} aria-label="The history as JSON">{JSON.stringify(page.items, null, 2)}</pre> : (
          <ol className="timeline">
            {page.items.map((item, i) => {
              const isFirst = i === 0 || page.items[i - 1]!.sequence !== item.sequence
              return (
                <li key={`${item.position} ${item.index}`} data-first={isFirst || undefined}>
                  <span className="when" title={absolute(item.at)}>{isFirst && clock(Date.parse(item.at))}</span>
                  <Icon name={iconOf(item.event.type)} size={13} />
                  <span><b>{eventWords(item.event.type)}</b> <span className="faint">{facts(item.event)}</span></span>
                  <span className="meta push">{isFirst && <><Person id={item.actor} /> <Ago time={item.at} /></>}</span>
                </li>
              )
            })}
          </ol>
        )}
      </div>
    )}</Shown>
  )
}
