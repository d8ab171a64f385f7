// Workflows: what there is; for one, its picture, its text, its revisions, and how to publish another.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {Link, useNavigate, useParams} from '@tanstack/react-router'
import {useMemo, useRef, useState} from 'react'
import {Tab, TabList, TabPanel, Tabs} from 'react-aria-components'
import {Refused, take, type Problem, type Workflow} from '../api/client'
import {actor} from '../api/identity'
import {graphQuery, revisionsQuery, workflowQuery, workflowsQuery} from '../api/queries'
import {diffLines} from '../lib/diff'
import {Ago, Banner, Button, Chip, Curl, Empty, Failure, Person, Shown} from '../parts/basics'
import {StateChip} from '../parts/state'
import {RunLink} from '../parts/links'
import {Graph} from '../parts/graph'
import type {components} from '../../generated/openapi'

type DryRun = components['schemas']['DryRun']

export function WorkflowsScreen() {
  const workflows = useQuery(workflowsQuery)
  return (
    <div className="narrow"><h1>Workflows</h1>
      <Shown query={workflows} what="the workflows">{(list) => list.length === 0
        ? <Empty title="There are no workflows"><Curl>gatewright lint config/workflows</Curl></Empty>
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
      <Shown query={workflow} what="The workflow">{(data) => (
        <>
          <header className="screen-header"><h1>{data.title || data.name}</h1><Chip>revision {data.revision}</Chip>
            <Button kind="primary" icon="plus" onPress={() => void navigate({to: '/new', search: {workflow: name}})}>New run</Button></header>
          <p className="meta"><code>{data.name}</code><code title={data.version}>{data.version.slice(0, 12)}</code><span>published <Ago time={data.published_at} /> by <Person id={data.published_by} /></span>
            <Link to="/runs" search={{workflow: name}}>its runs</Link></p>
          {data.problems.length > 0 && <Banner kind="warning" title="Runs of it would get stuck"><ul>{data.problems.map((p) => <li key={p}>{p}</li>)}</ul></Banner>}
          <Tabs className="tabs">
            <TabList aria-label="About this workflow"><Tab id="graph">Picture</Tab><Tab id="yaml">YAML</Tab><Tab id="revisions">Revisions</Tab><Tab id="edit">Change</Tab></TabList>
            <TabPanel id="graph"><GraphOf workflow={data} /></TabPanel>
            <TabPanel id="yaml"><Source text={data.source} /></TabPanel>
            <TabPanel id="revisions"><Revisions name={name} /></TabPanel>
            <TabPanel id="edit"><Editor key={data.version} workflow={data} /></TabPanel>
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
        <Graph edges={data.edges} start={workflow.initial_state} looks={workflow.states} />
        <details><summary>As a table</summary>
          <table className="table small"><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">When</th></tr></thead>
            <tbody>{data.edges.map((edge, i) => <tr key={i}><td>{edge.from}</td><td>{edge.to}</td><td>{edge.label}</td></tr>)}</tbody></table>
        </details>
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

export function Diff({before, after}: {before: string; after: string}) {
  const lines = useMemo(() => diffLines(before, after), [before, after])
  const isNear = (i: number) => lines.slice(Math.max(0, i - 3), i + 4).some((line) => line.kind !== 'same')
  if (lines.every((line) => line.kind === 'same')) return <p className="faint">Nothing changed.</p>
  return (
    <pre className="source diff" tabIndex={0} aria-label="What changed">{lines.map((line, i) => isNear(i)
      ? <span key={i} className="source-line" data-kind={line.kind}>{{same: '  ', added: '+ ', removed: '- '}[line.kind]}{line.text}{'\n'}</span>
      : isNear(i - 1) ? <span key={i} className="source-line y-comment">  ⋯{'\n'}</span> : null)}</pre>
  )
}

async function publish(source: string, isDryRun: boolean): Promise<Workflow | DryRun> {
  const response = await fetch(`/api/v1/workflows?dry_run=${isDryRun}`, {
    method: 'POST', body: source, headers: {'Content-Type': 'application/yaml', ...(actor() ? {'X-Gatewright-Actor': actor()} : {})}})
  const body: unknown = await response.json()
  return take(Promise.resolve(response.ok ? {data: body as Workflow, response} : {error: body as Problem, response}))
}

function Editor({workflow}: {workflow: Workflow}) {
  const queries = useQueryClient()
  const [source, setSource] = useState(workflow.source)
  const [checked, setChecked] = useState<{source: string; result: DryRun} | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const check = useMutation({mutationFn: () => publish(source, true), onSuccess: (result) => setChecked({source, result: result as DryRun})})
  const put = useMutation({mutationFn: () => publish(source, false), onSuccess: () => void queries.invalidateQueries({queryKey: ['workflows']})})
  const failed = put.error ?? check.error
  const mistakes = failed instanceof Refused ? failed.problem.errors ?? [] : []
  const goTo = (line: number) => {
    const lines = source.split('\n')
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
    area.current?.focus()
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    if (area.current) area.current.scrollTop = Math.max(0, (line - 6) * 18)
  }
  const result = checked && checked.source === source ? checked.result : null
  return (
    <div className="editor">
      <p className="meta">Files that the server reads from a folder win over what is published here when they change.</p>
      <textarea ref={area} className="code" rows={24} spellCheck={false} aria-label="The workflow as YAML" value={source} onChange={(e) => { setSource(e.target.value); check.reset(); put.reset() }}
        aria-invalid={mistakes.length > 0} />
      {mistakes.length > 0 ? (
        <Banner kind="danger" title={`${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}`}>
          <ul className="plain">{mistakes.map((m, i) => <li key={i}>{m.line ? <button type="button" className="link" onClick={() => goTo(m.line!)}>line {m.line}</button> : m.pointer} {m.detail}</li>)}</ul>
        </Banner>
      ) : failed && <Failure error={failed} what="The workflow" />}
      {put.data && <Banner kind="good" title="Published">New runs use it; runs that exist keep the version they began with.</Banner>}
      {result && <Impact result={result} before={workflow.source} after={source} />}
      <div className="form-end">
        <Button onPress={() => check.mutate()} isDisabled={check.isPending}>Check it</Button>
        <Button kind="primary" isDisabled={!result || result.change === 'unchanged' || put.isPending} onPress={() => put.mutate()}>Publish</Button>
      </div>
    </div>
  )
}

const changes = {new_workflow: 'A new workflow', new_revision: 'A new revision', unchanged: 'Nothing would change'}

function Impact({result, before, after}: {result: DryRun; before: string; after: string}) {
  return (
    <section className="card padded" aria-label="What publishing would do">
      <h3>{changes[result.change]}: {result.name}</h3>
      {result.change !== 'unchanged' && <Diff before={before} after={after} />}
      <p>{result.open_runs_on_other_versions} open runs keep the version they began with.
        {result.impact.affected.length > 0 && ` If they were moved to it, ${result.impact.affected.length} of ${result.impact.open_runs} would be asked something else:`}</p>
      <ul>{result.impact.affected.slice(0, 50).map((item) => <li key={item.run}><RunLink id={item.run} name={item.name} />: {item.notes.map((note) => note.detail).join('; ')}</li>)}</ul>
    </section>
  )
}
