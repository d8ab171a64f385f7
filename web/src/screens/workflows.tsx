// Workflows: what there is; for one, its picture, its text, its revisions, and how to publish another.
import {useQuery} from '@tanstack/react-query'
import {Link, useNavigate, useParams, useSearch} from '@tanstack/react-router'
import {lazy, Suspense, useState} from 'react'
import {Tab, TabList, TabPanel, Tabs} from 'react-aria-components'
import type {Workflow} from '../api/client'
import {graphQuery, revisionsQuery, workflowQuery, workflowsQuery} from '../api/queries'
import {Ago, Banner, Button, Chip, Person, Shown, Skeleton} from '../parts/basics'
import {NoWorkflows} from '../parts/no_workflows'
import {StateChip} from '../parts/state'
import {GraphAndTable} from '../parts/graph'
import {Diff} from '../workflow/diff'
import {Simulate} from '../workflow/simulate'

// With the editor: nobody who does not change a workflow reads it.
const Editor = lazy(() => import('../workflow/editor').then((m) => ({default: m.Editor})))

const smallest = `apiVersion: gatewright/v1
kind: Workflow
metadata:
  name: my-workflow
  title: My workflow
spec:
  stages:
    - name: Review
      doneState: reviewed
      gate:
        rules:
          - {id: qa, from: {role: qa}, need: 1}
        separationOfDuties: [requester]
`

export function WorkflowsScreen() {
  const workflows = useQuery(workflowsQuery)
  const {write} = useSearch({strict: false}) as {write?: string}
  const navigate = useNavigate()
  if (write) {
    return (
      <div className="narrow"><h1>New workflow</h1>
        <Suspense fallback={<Skeleton what="the editor" />}><Editor source={smallest} onPublished={(name) => void navigate({to: '/workflows/$name', params: {name}})} /></Suspense>
      </div>
    )
  }
  return (
    <div className="narrow">
      <header className="screen-header"><h1>Workflows</h1><Button icon="plus" onPress={() => void navigate({to: '/workflows', search: {write: 'new'}})}>New workflow</Button></header>
      <Shown query={workflows} what="the workflows">{(list) => list.length === 0
        ? <NoWorkflows />
        : <ul className="plain cards">{list.map((workflow) => (
            <li key={workflow.name} className="card padded">
              <div className="run-title"><h2><Link to="/workflows/$name" params={{name: workflow.name}}>{workflow.title || workflow.name}</Link></h2><Chip>revision {workflow.revision}</Chip></div>
              <ol className="rail" aria-label={`Stages of ${workflow.name}`}>{workflow.stages.map((stage) => <li key={stage.name}><span>{stage.name}</span></li>)}</ol>
              <div className="meta"><code>{workflow.name}</code><span>published <Ago time={workflow.published_at} /> by <Person id={workflow.published_by} /></span></div>
              {workflow.problems.length > 0 && <Banner kind="warning" title="Runs of it would get stuck">{workflow.problems.join('; ')}</Banner>}
            </li>
          ))}</ul>}</Shown>
    </div>
  )
}

export function WorkflowScreen() {
  const {name} = useParams({strict: false}) as {name: string}
  const workflow = useQuery(workflowQuery(name))
  const navigate = useNavigate()
  return (
    <div className="narrow">
      {!workflow.data && <h1>{name}</h1>}
      <Shown query={workflow} what="The workflow">{(data) => (
        <>
          <header className="screen-header"><h1>{data.title || data.name}</h1><Chip>revision {data.revision}</Chip>
            <Button kind="primary" icon="plus" onPress={() => void navigate({to: '/new', search: {workflow: name}})}>New run</Button></header>
          <p className="meta"><code>{data.name}</code><code title={data.version}>{data.version.slice(0, 12)}</code><span>published <Ago time={data.published_at} /> by <Person id={data.published_by} /></span>
            <Link to="/runs" search={{workflow: name}}>its runs</Link></p>
          {data.problems.length > 0 && <Banner kind="warning" title="Runs of it would get stuck"><ul>{data.problems.map((p) => <li key={p}>{p}</li>)}</ul></Banner>}
          <Tabs className="tabs">
            <TabList aria-label="About this workflow"><Tab id="graph">Picture</Tab><Tab id="yaml">YAML</Tab><Tab id="revisions">Revisions</Tab><Tab id="simulate">Simulate</Tab><Tab id="edit">Change</Tab></TabList>
            <TabPanel id="graph"><GraphOf workflow={data} /></TabPanel>
            <TabPanel id="yaml"><Source text={data.source} /></TabPanel>
            <TabPanel id="revisions"><Revisions name={name} /></TabPanel>
            <TabPanel id="simulate"><Simulate source={data.source} schema={data.subject_schema} workflow={data.name} /></TabPanel>
            <TabPanel id="edit"><Suspense fallback={<Skeleton what="the editor" />}><Editor key={data.version} workflow={data} source={data.source} /></Suspense></TabPanel>
          </Tabs>
        </>
      )}</Shown>
    </div>
  )
}

function GraphOf({workflow}: {workflow: Workflow}) {
  const graph = useQuery(graphQuery(workflow.name))
  return (
    <Shown query={graph} what="the picture">{(data) => (
      <>
        <GraphAndTable edges={data.edges} start={workflow.initial_state} looks={workflow.states} />
        <p className="legend">{workflow.states.map((s) => <StateChip key={s.state} workflow={workflow.name} state={s.state} />)}</p>
      </>
    )}</Shown>
  )
}

function paint(line: string) {
  const match = /^(\s*(?:- )?)([\w.${}-]+:)?(.*)$/.exec(line)!
  const comment = /(^|\s)#.*$/.exec(match[3]!)
  const value = comment ? match[3]!.slice(0, comment.index) : match[3]!
  return <>{match[1]}{match[2] && <span className="y-key">{match[2]}</span>}<span className="y-value">{value}</span>{comment && <span className="y-comment">{comment[0]}</span>}</>
}

function Source({text}: {text: string}) {
  return <pre className="source" tabIndex={0} aria-label="The workflow as YAML">{text.replace(/\n$/, '').split('\n').map((line, i) => <span key={i} className="source-line">{/^\s*#/.test(line) ? <span className="y-comment">{line}</span> : paint(line)}{'\n'}</span>)}</pre>
}

function Revisions({name}: {name: string}) {
  const revisions = useQuery(revisionsQuery(name))
  const [shown, show] = useState<number | null>(null)
  return (
    <Shown query={revisions} what="the revisions">{(list) => (
      <ul className="plain attempts">{list.map((revision, i) => {
        const before = list[i + 1]
        const isShown = shown === revision.revision
        return (
          <li key={revision.revision} className="attempt">
            <div className="attempt-head"><b>Revision {revision.revision}</b><code title={revision.version}>{revision.version.slice(0, 12)}</code>
              <span className="meta push"><Person id={revision.published_by} /> <Ago time={revision.published_at} /></span></div>
            <Button kind="quiet" aria-expanded={isShown} onPress={() => show(isShown ? null : revision.revision)}>{isShown ? 'Hide' : before ? `What changed since revision ${before.revision}` : 'Show it'}</Button>
            {isShown && (before ? <Diff before={before.source ?? ''} after={revision.source ?? ''} /> : <Source text={revision.source ?? ''} />)}
          </li>
        )
      })}</ul>
    )}</Shown>
  )
}
