// What holds for every run: locks; calendars and emergency stops.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useSearch} from '@tanstack/react-router'
import {useState} from 'react'
import {api, take} from '../api/client'
import {calendarsQuery, lockQuery, locksQuery, stopsQuery, workflowsQuery} from '../api/queries'
import {duration} from '../lib/time'
import {Ago, Banner, Button, Card, Chip, Curl, Due, Empty, Failure, Person, Shown} from '../parts/basics'
import {Dialog} from '../parts/dialog'
import {RunLink} from '../parts/links'
import {whatItStops, type StopData} from '../parts/stops'
import {Field} from '../run/actions'

export function LocksScreen() {
  const locks = useQuery(locksQuery)
  const {key} = useSearch({strict: false}) as {key?: string}
  return (
    <div className="narrow"><h1>Locks</h1>
      <Shown query={locks} what="the locks">{(list) => list.length === 0
        ? <Empty title="No lock is held"><p>A workflow names the locks that its actions need, so that two of them never act on the same thing. Who holds one, and who waits, is shown here.</p><Curl>{`curl ${location.origin}/api/v1/locks`}</Curl></Empty>
        : <>{list.map((lock) => <Lock key={lock.key} name={lock.key} isAsked={lock.key === key} />)}</>}</Shown>
    </div>
  )
}

function Lock({name, isAsked}: {name: string; isAsked: boolean}) {
  const lock = useQuery(lockQuery(name))
  const [isReleasing, release] = useState(false)
  return (
    <Card id={`lock-${name}`} title={<code>{name}</code>} aside={isAsked ? <Chip color="blue" icon="eye">asked for</Chip> : undefined}>
      <Shown query={lock} what="the lock" rows={2}>{(data) => (
        <>
          {data.holders.length === 0 && <p className="faint">Nobody holds it.</p>}
          <ul className="plain">{data.holders.map((holder) => (
            <li key={holder.run_id} className="line"><Chip color="yellow" icon="lock">holds it</Chip><RunLink id={holder.run_id} /><span className="meta">for {duration(holder.age_seconds)}, fencing token {holder.ticket}, {holder.mode.replace('_', ' ')}</span>
              {data.holders.length === 1 && <span className="push"><Button kind="quiet" onPress={() => release(true)}>Take it away…</Button></span>}</li>
          ))}</ul>
          {data.queue.length > 0 && <ol className="plain">{data.queue.map((waiter) => (
            <li key={waiter.run_id} className="line"><Chip icon="clock">number {waiter.position}</Chip><RunLink id={waiter.run_id} /><span className="meta">{waiter.waits_for?.detail ?? 'is about to take it'}, for {duration(waiter.age_seconds)}</span></li>
          ))}</ol>}
        </>
      )}</Shown>
      {isReleasing && <ReleaseLock name={name} onClose={() => release(false)} />}
    </Card>
  )
}

function ReleaseLock({name, onClose}: {name: string; onClose: () => void}) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const release = useMutation({
    mutationFn: () => take(api.POST('/api/v1/locks/{key}/release', {params: {path: {key: name}}, body: {reason}})),
    onSuccess: () => { void queries.invalidateQueries(); onClose() },
  })
  return (
    <Dialog title={<>Take away <code>{name}</code></>} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); release.mutate() }}>
        <div className="dialog-body">
          {release.error && <Failure error={release.error} what="That" />}
          <p>An override on the run that holds it. Whatever it does goes on; its late results are recorded and ignored.</p>
          <Field label="Reason" must><textarea rows={3} required autoFocus maxLength={4096} value={reason} onChange={(e) => setReason(e.target.value)} /></Field>
        </div>
        <footer><Button onPress={onClose}>Back</Button><Button kind="danger" type="submit" isDisabled={!reason.trim() || release.isPending}>Take it away</Button></footer>
      </form>
    </Dialog>
  )
}

export function CalendarsScreen() {
  const calendars = useQuery(calendarsQuery)
  const stops = useQuery(stopsQuery)
  const [isStopping, stop] = useState(false)
  return (
    <div className="narrow">
      <header className="screen-header"><h1>Calendars and stops</h1><Button kind="danger" icon="stop" onPress={() => stop(true)}>Emergency stop</Button></header>
      <Card id="stops" title="Emergency stops in force">
        <Shown query={stops} what="the stops" rows={2}>{(list) => list.length === 0 ? <><p className="faint">None. Actions start as their gates and calendars allow.</p>
            <Curl>{`curl -X POST ${location.origin}/api/v1/stop \\\n  -H 'Content-Type: application/json' -d '{"reason": "the data centre is on fire", "for": "2h"}'`}</Curl></>
          : <ul className="plain">{list.map((item) => <StopItem key={item.id} stop={item} />)}</ul>}</Shown>
      </Card>
      <Card id="calendars" title="Calendars">
        <Shown query={calendars} what="the calendars" rows={3}>{(list) => list.length === 0 ? <><p className="faint">There are none. A workflow without a calendar acts at any time.</p><Curl>gatewright serve --calendars config/calendars</Curl></>
          : <ul className="plain">{list.map((calendar) => (
              <li key={calendar.name} className="line"><Chip color={calendar.open ? 'green' : 'orange'} icon={calendar.open ? 'check' : 'lock'}>{calendar.open ? 'open' : 'closed'}</Chip><b>{calendar.name}</b>
                <span className="meta">{calendar.reason ?? ''}</span>{calendar.changes_at && <span className="meta push">{calendar.open ? 'closes' : 'opens'} <Ago time={calendar.changes_at} /></span>}</li>
            ))}</ul>}</Shown>
      </Card>
      {isStopping && <SetStop onClose={() => stop(false)} />}
    </div>
  )
}

function StopItem({stop}: {stop: StopData}) {
  const queries = useQueryClient()
  const lift = useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/stop/{id}', {params: {path: {id: stop.id}}, body: {reason: 'lifted on the page'}})),
    onSettled: () => void queries.invalidateQueries({queryKey: ['site']}),
  })
  return (
    <li className="line"><Chip color="red" icon="stop">stops {whatItStops(stop)}</Chip><span>{stop.reason}</span>
      <span className="meta push"><Person id={stop.by} /> <Ago time={stop.since} />{stop.until && <Due time={stop.until} label="lifts itself" />}</span>
      <Button onPress={() => lift.mutate()} isDisabled={lift.isPending}>Lift</Button>
      {lift.error && <Failure error={lift.error} what="The stop" />}
    </li>
  )
}

function SetStop({onClose}: {onClose: () => void}) {
  const queries = useQueryClient()
  const {data: workflows} = useQuery(workflowsQuery)
  const [told, tell] = useState({reason: '', workflow: '', for: ''})
  const set = useMutation({
    mutationFn: () => take(api.POST('/api/v1/stop', {body: {reason: told.reason, workflow: told.workflow || undefined, for: told.for || undefined}})),
    onSuccess: () => { void queries.invalidateQueries({queryKey: ['site']}); onClose() },
  })
  return (
    <Dialog title="Emergency stop" onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); set.mutate() }}>
        <div className="dialog-body">
          {set.error && <Failure error={set.error} what="The stop" />}
          <Banner kind="warning">Nothing that it selects starts an action while it stands. What runs already goes on.</Banner>
          <Field label="What"><select value={told.workflow} onChange={(e) => tell({...told, workflow: e.target.value})}><option value="">Everything</option>{workflows?.map((w) => <option key={w.name} value={w.name}>{w.title}</option>)}</select></Field>
          <Field label="For how long" hint="For example 2h. Empty: until somebody lifts it."><input value={told.for} onChange={(e) => tell({...told, for: e.target.value})} /></Field>
          <Field label="Reason" must><textarea rows={3} required autoFocus maxLength={4096} value={told.reason} onChange={(e) => tell({...told, reason: e.target.value})} /></Field>
        </div>
        <footer><Button onPress={onClose}>Back</Button><Button kind="danger" type="submit" isDisabled={!told.reason.trim() || set.isPending}>Stop</Button></footer>
      </form>
    </Dialog>
  )
}
