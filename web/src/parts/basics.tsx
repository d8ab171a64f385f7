// Small parts that every screen uses: times, people, buttons, states of what is read.
import type {UseQueryResult} from '@tanstack/react-query'
import {Fragment, useEffect, useState, useSyncExternalStore, type ReactNode} from 'react'
import {Button as AriaButton, type ButtonProps} from 'react-aria-components'
import {NoAnswer, Refused} from '../api/client'
import {useLive} from '../live/live'
import {absolute, clock, shortTime, relative, urgency} from '../lib/time'
import {Icon} from './icons'

let now = Date.now()
const watchers = new Set<() => void>()
setInterval(() => { now = Date.now(); for (const watcher of watchers) watcher() }, 5000)

export function useNow(): number {
  return useSyncExternalStore((watcher) => { watchers.add(watcher); return () => watchers.delete(watcher) }, () => now)
}

export function Ago({time}: {time: string}) {
  const at = Math.max(useNow(), Date.now() - 5000)
  return <time dateTime={time} title={absolute(time)}>{relative(time, at)}</time>
}

const times = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

// A sentence of the API, its times as people read them.
export function Prose({text}: {text: string}) {
  const found = [...text.matchAll(times)]
  const rest = text.split(times)
  return <>{rest.map((piece, i) => <Fragment key={i}>{piece}{found[i] && <time dateTime={found[i][0]} title={absolute(found[i][0])}>{shortTime(found[i][0])}</time>}</Fragment>)}</>
}

export function Due({time, label = 'Due'}: {time: string; label?: string}) {
  const at = useNow()
  const how = urgency(time, at)
  return (
    <span className="due" data-urgency={how} title={absolute(time)}>
      <Icon name={how === 'later' ? 'clock' : 'warning'} size={13} />
      {how === 'late' ? 'Overdue, was due' : label} <time dateTime={time}>{relative(time, at)}</time>
    </span>
  )
}

export function Person({id}: {id: string}) {
  const isPerson = !id.includes(':')
  return (
    <span className="person">
      <span className="avatar" aria-hidden="true">{isPerson ? id.slice(0, 2) : '⚙'}</span>{id}
    </span>
  )
}

export function People({ids}: {ids: string[]}) {
  return <span className="people">{ids.map((id) => <Person key={id} id={id} />)}</span>
}

type Kind = 'primary' | 'danger' | 'plain' | 'quiet' | 'danger-quiet'

export function Button({kind = 'plain', icon, hint, children, ...rest}:
  Omit<ButtonProps, 'children'> & {kind?: Kind; icon?: string; hint?: string; children?: ReactNode}) {
  return (
    <AriaButton {...rest} className={`button ${kind}`}>
      {icon && <Icon name={icon} size={14} />}{children}{hint && <kbd aria-hidden="true">{hint}</kbd>}
    </AriaButton>
  )
}

export function Chip({color, icon, children, title}: {color?: string; icon?: string; children: ReactNode; title?: string}) {
  return <span className="chip" data-color={color ?? 'gray'} title={title}>{icon && <Icon name={icon} size={13} />}{children}</span>
}

export function Card({title, aside, children, id}: {title?: ReactNode; aside?: ReactNode; children: ReactNode; id?: string}) {
  return (
    <section className="card" aria-labelledby={id}>
      {title && <header><h2 id={id}>{title}</h2>{aside && <div className="aside">{aside}</div>}</header>}
      <div className="body">{children}</div>
    </section>
  )
}

export function Banner({kind, title, children, actions}:
  {kind: 'info' | 'warning' | 'danger' | 'good'; title?: ReactNode; children?: ReactNode; actions?: ReactNode}) {
  const icon = {info: 'circle', warning: 'warning', danger: 'stop', good: 'check'}[kind]
  return (
    <div className="banner" data-kind={kind} role={kind === 'danger' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <div>{title && <strong>{title}</strong>}{children && <div>{children}</div>}</div>
      {actions && <div className="actions">{actions}</div>}
    </div>
  )
}

export function Curl({children}: {children: string}) {
  return <pre className="curl" tabIndex={0} aria-label="The same from a command line"><code>{children}</code></pre>
}

export function Empty({title, children, action}: {title: string; children?: ReactNode; action?: ReactNode}) {
  return <div className="empty"><h2>{title}</h2><div>{children}</div>{action && <div className="actions">{action}</div>}</div>
}

// Shown after a moment, so that what is quick does not flicker.
export function Skeleton({rows = 6, what}: {rows?: number; what: string}) {
  const [isShown, show] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => show(true), 120)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="skeleton" role="status">
      <span className="hidden-text">Reading {what}…</span>
      {isShown && Array.from({length: rows}, (_, i) => <div key={i} aria-hidden="true" />)}
    </div>
  )
}

export function Failure({error, what, retry}: {error: Error; what: string; retry?: () => void}) {
  const live = useLive()
  const again = retry && <Button icon="retry" onPress={retry}>Try again</Button>
  if (error instanceof NoAnswer) {
    return (
      <Banner kind="warning" title={navigator.onLine ? 'The server does not answer' : 'This computer is offline'} actions={again}>
        {what} could not be read. What is on the page is from {clock(live.heard)}; it goes on by itself.
      </Banner>
    )
  }
  if (!(error instanceof Refused)) return <Banner kind="danger" title={`${what} cannot be shown`} actions={again}>{error.message}</Banner>
  const {problem} = error
  const isForbidden = problem.status === 401 || problem.status === 403
  return (
    <Banner kind={isForbidden ? 'warning' : 'danger'} title={isForbidden ? `Not allowed: ${problem.title}` : problem.title} actions={again}>
      <p>{problem.detail}</p>
      {problem.errors && <ul>{problem.errors.map((e, i) => <li key={i}><code>{e.line ? `line ${e.line}` : e.pointer}</code> {e.detail}</li>)}</ul>}
      {isForbidden && <p>Whoever administers this server can grant it.</p>}
      <p className="faint"><a href={problem.type} target="_blank" rel="noreferrer">{problem.code}</a> · request {problem.request_id}</p>
    </Banner>
  )
}

// What a query found, or the state it is in. Old data stays while it is read again.
export function Shown<T>({query, what, rows, children}:
  {query: UseQueryResult<T, Error>; what: string; rows?: number; children: (data: T) => ReactNode}) {
  const retry = () => void query.refetch()
  if (query.data === undefined) {
    return query.error ? <Failure error={query.error} what={what} retry={retry} /> : <Skeleton what={what} rows={rows} />
  }
  return <>{query.error && <Failure error={query.error} what={what} retry={retry} />}{children(query.data)}</>
}
