// Everything about one run, as the inbox shows it beside its list and as a screen of its own.
import {useQuery} from '@tanstack/react-query'
import {Link} from '@tanstack/react-router'
import {useState} from 'react'
import {Tab, TabList, TabPanel, Tabs} from 'react-aria-components'
import {explainQuery, runQuery} from '../api/queries'
import {Ago, Banner, Card, Due, Person, Shown} from '../parts/basics'
import {useKeys} from '../parts/keys'
import {RunLink} from '../parts/links'
import {StateChip} from '../parts/state'
import {ActionDialog, type Asked} from './actions'
import {Attempts} from './attempts'
import {History} from './history'
import {Rail, Stages} from './stages'
import {Subject} from './subject'
import {Why} from './why'
import type {Explanation, Run} from '../api/client'

export function RunPanel({id, isAlone, onDone}: {id: number; isAlone?: boolean; onDone?: () => void}) {
  const run = useQuery(runQuery(id))
  const explanation = useQuery(explainQuery(id))
  const [asked, ask] = useState<Asked | null>(null)
  const offered = (explanation.data?.viewer?.allowed_actions ?? []) as string[]
  const askFor = (action: string) => { if (offered.includes(action)) ask({run: id, action}) }
  useKeys({a: () => askFor('approve'), r: () => askFor('reject'), c: () => askFor('approve')})
  return (
    <>
      {isAlone && !run.data && <h1>Run #{id}</h1>}
      <Shown query={run} what="The run" rows={8}>{(data) => (
        <Body run={data} explanation={explanation.data} isAlone={isAlone ?? false} ask={ask} failed={explanation.error} />
      )}</Shown>
      {asked && <ActionDialog asked={asked} onClose={() => ask(null)} onDone={onDone} />}
    </>
  )
}

function Body({run, explanation, isAlone, ask, failed}:
  {run: Run; explanation?: Explanation; isAlone: boolean; ask: (asked: Asked) => void; failed: Error | null}) {
  const Title = isAlone ? 'h1' : 'h2'
  return (
    <article className="run">
      <header className="run-header">
        <div className="run-title">
          <Title>{isAlone ? run.name : <Link to="/runs/$id" params={{id: String(run.id)}}>{run.name}</Link>}</Title>
          <StateChip workflow={run.workflow} state={run.state} />
        </div>
        <div className="meta">
          <span>#{run.id}</span>
          <Link to="/workflows/$name" params={{name: run.workflow}}>{run.workflow}</Link>
          <span>asked for by <Person id={run.requester} /></span>
          <span><Ago time={run.created_at} /></span>
          {run.parent && <span>part of <RunLink id={run.parent} /></span>}
          {run.resubmit_of && <span>resubmits <RunLink id={run.resubmit_of} /></span>}
          {run.not_before && <Due time={run.not_before} label="starts not before" />}
        </div>
        <Rail run={run} />
      </header>
      {run.overrides.map((override, i) => (
        <Banner key={i} kind="warning" title={`${override.kind} override by ${override.by}${override.granted ? '' : ': a second person has to confirm it'}`}>
          {override.reason} <span className="faint">(<Due time={override.expires_at} label="holds until" />)</span>
        </Banner>
      ))}
      {failed && !explanation && <Banner kind="warning" title="Why it waits could not be read">{failed.message}</Banner>}
      {explanation && <Why run={run} explanation={explanation} ask={ask} />}
      <Subject run={run} />
      {run.locks.state !== 'none' && (
        <Card title="Locks" id={`locks-${run.id}`}>
          <p>{run.locks.state === 'held' ? 'Holds' : 'Stands in line for'} {run.locks.keys.map((key) => <Link key={key} to="/locks" search={{key}}><code>{key}</code></Link>)}
            {run.locks.ticket !== null && <span className="faint"> ticket {run.locks.ticket}</span>}</p>
        </Card>
      )}
      <Tabs className="tabs" defaultSelectedKey={run.attempts.length > 0 ? 'attempts' : 'stages'}>
        <TabList aria-label="More about this run">
          <Tab id="stages">Stages and votes</Tab>
          <Tab id="attempts">Attempts{run.attempts.length > 0 && ` (${run.attempts.length})`}</Tab>
          <Tab id="history">History</Tab>
        </TabList>
        <TabPanel id="stages"><Stages run={run} />
          {run.held_votes.length > 0 && <p className="meta">Kept until their gate opens: {run.held_votes.map((vote) => `${vote.voter} ${vote.choice}s ${vote.stage}`).join(', ')}</p>}
        </TabPanel>
        <TabPanel id="attempts"><Attempts run={run} /></TabPanel>
        <TabPanel id="history"><History id={run.id} /></TabPanel>
      </Tabs>
    </article>
  )
}
