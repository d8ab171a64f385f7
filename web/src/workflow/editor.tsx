// Changing a workflow: while it is written the server checks it, and says what is wrong where, what it
// looks like, and what publishing it would mean for the runs that are open.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useEffect, useState} from 'react'
import {NoAnswer, Refused, take, type Problem, type Workflow} from '../api/client'
import {actor} from '../api/identity'
import {Banner, Button, Failure} from '../parts/basics'
import {GraphAndTable} from '../parts/graph'
import {RunLink} from '../parts/links'
import {Diff} from './diff'
import {Simulate} from './simulate'
import {YamlEditor, type Mistake} from './yaml_editor'
import type {components} from '../../generated/openapi'

type DryRun = components['schemas']['DryRun']

async function publish(source: string, isDryRun: boolean): Promise<Workflow | DryRun> {
  const response = await fetch(`/api/v1/workflows?dry_run=${isDryRun}`, {
    method: 'POST', body: source, headers: {'Content-Type': 'application/yaml', ...(actor() ? {'X-Gatewright-Actor': actor()} : {})},
  }).catch(() => { throw new NoAnswer() })
  const body: unknown = await response.json()
  return take(Promise.resolve(response.ok ? {data: body as Workflow, response} : {error: body as Problem, response}))
}

function useSettled(text: string): string {
  const [settled, settle] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => settle(text), 400)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

const none: Mistake[] = []

function mistakesOf(error: Error | null): Mistake[] {
  if (!(error instanceof Refused) || !error.problem.errors) return none
  // The place is shown by itself.
  return error.problem.errors.map((e) => ({line: e.line ?? 1, column: e.column ?? 1, message: e.detail.replace(/^workflow\.yaml:\d+:\d+: /, '')}))
}

// `workflow`: the one that is changed; without it another is written, beginning with `source`.
export function Editor({workflow, source: begin, onPublished}: {workflow?: Workflow; source: string; onPublished?: (name: string) => void}) {
  const queries = useQueryClient()
  const [source, setSource] = useState(begin)
  const [goTo, go] = useState<{line: number} | null>(null)
  const settled = useSettled(source)
  // The last that was good stays in the picture while the next is written.
  const [good, keep] = useState<DryRun | null>(null)
  const check = useQuery({queryKey: ['check', settled], queryFn: () => publish(settled, true) as Promise<DryRun>, retry: false, staleTime: 30_000, gcTime: 60_000})
  useEffect(() => { if (check.data) keep(check.data) }, [check.data])
  const put = useMutation({mutationFn: () => publish(source, false), onSuccess: (result) => { void queries.invalidateQueries({queryKey: ['workflows']}); onPublished?.(result.name) }})
  const [mistakes, setMistakes] = useState(none)
  useEffect(() => { if (!check.isFetching) setMistakes(mistakesOf(check.error)) }, [check.error, check.isFetching, settled])
  const isChecked = settled === source && check.data !== undefined && !check.isFetching
  return (
    <div className="editor">
      <p className="meta">Files that the server reads from a folder win over what is published here when they change. <span><kbd>Ctrl</kbd> <kbd>Space</kbd> completes.</span></p>
      <YamlEditor text={begin} onChange={(text) => { setSource(text); put.reset() }} mistakes={mistakes} goTo={goTo} />
      <div role="status" className="meta">{settled !== source || check.isFetching ? 'Checking…' : mistakes.length > 0 ? '' : check.data ? 'No mistakes.' : ''}</div>
      {mistakes.length > 0 ? (
        <Banner kind="danger" title={`${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}`}>
          <ul className="plain">{mistakes.map((m, i) => <li key={i}><button type="button" className="link" onClick={() => go({line: m.line})}>line {m.line}</button> {m.message}</li>)}</ul>
        </Banner>
      ) : check.error && <Failure error={check.error} what="The check" retry={() => void check.refetch()} />}
      {put.error && <Failure error={put.error} what="The workflow" />}
      {put.data && <Banner kind="good" title="Published">New runs use it; runs that exist keep the version they began with.</Banner>}
      <div className="form-end">
        <Button kind="primary" isDisabled={!isChecked || check.data!.change === 'unchanged' || put.isPending} onPress={() => put.mutate()}>Publish</Button>
      </div>
      {good && <Impact result={good} before={workflow?.source} after={settled} />}
      {good && <GraphAndTable edges={good.graph.edges} start={good.initial_state} looks={good.states} />}
      <details><summary>Simulate it as it stands here</summary><Simulate source={source} schema={workflow?.subject_schema} workflow={good?.name ?? workflow?.name ?? 'workflow'} /></details>
    </div>
  )
}

const changes = {new_workflow: 'A new workflow', new_revision: 'A new revision', unchanged: 'Nothing would change'}

function Impact({result, before, after}: {result: DryRun; before?: string; after: string}) {
  const {affected, open_runs, complete} = result.impact
  return (
    <section className="card padded" aria-label="What publishing would do">
      <h2>{changes[result.change]}: {result.name}</h2>
      {result.change !== 'unchanged' && before !== undefined && <Diff before={before} after={after} />}
      {result.change === 'new_revision' && <p>{result.open_runs_on_other_versions} open runs keep the version they began with.
        {affected.length > 0 && ` If they were moved to it, ${affected.length} of ${open_runs}${complete ? '' : ' that were looked at'} would be asked something else:`}</p>}
      <ul>{affected.slice(0, 50).map((item) => <li key={item.run}><RunLink id={item.run} name={item.name} />: {item.notes.map((note) => note.detail).join('; ')}</li>)}</ul>
    </section>
  )
}
