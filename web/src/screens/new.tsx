// A new run: the form is drawn from the schema of the workflow's subject.
import {useMutation, useQuery} from '@tanstack/react-query'
import {useNavigate, useSearch} from '@tanstack/react-router'
import {useState} from 'react'
import {api, Refused, take} from '../api/client'
import {workflowQuery, workflowsQuery} from '../api/queries'
import {Banner, Button, Curl, Failure, Shown, Skeleton} from '../parts/basics'
import {NoWorkflows} from '../parts/no_workflows'
import {SchemaForm} from '../parts/schema_form'
import {Field} from '../run/actions'

export function NewScreen() {
  const workflows = useQuery(workflowsQuery)
  return <div className="narrow"><h1>New run</h1><Shown query={workflows} what="the workflows">{(list) => list.length === 0 ? <NoWorkflows /> : <Form names={list.map((w) => [w.name, w.title])} />}</Shown></div>
}

function problemsOf(error: Error | null): Record<string, string> {
  if (!(error instanceof Refused)) return {}
  return Object.fromEntries((error.problem.errors ?? []).map((e) => [e.pointer.replace(/^\/(subject\/?)?/, '').replace(/\/.*/, ''), e.detail]))
}

function Form({names}: {names: [string, string][]}) {
  const search = useSearch({strict: false}) as {workflow?: string}
  const navigate = useNavigate()
  const [workflow, setWorkflow] = useState(search.workflow ?? names[0]?.[0] ?? '')
  const [name, setName] = useState('')
  const [subject, setSubject] = useState<object>({})
  const [isGood, setGood] = useState(true)
  const [later, setLater] = useState('')
  const definition = useQuery({...workflowQuery(workflow), enabled: workflow !== ''})
  const create = useMutation({
    mutationFn: (draft: boolean) => take(api.POST('/api/v1/runs', {body: {
      workflow, name, draft, subject: subject as Record<string, unknown>, not_before: later ? new Date(later).toISOString() : undefined}})),
    onSuccess: (run) => void navigate({to: '/runs/$id', params: {id: String(run.id)}}),
  })
  const problems = problemsOf(create.error)
  const schema = definition.data?.subject_schema
  return (
    <form className="card padded" onSubmit={(e) => { e.preventDefault(); if (isGood) create.mutate(false) }}>
      {create.error && <Failure error={create.error} what="The run" />}
      <Field label="Workflow">
        <select value={workflow} onChange={(e) => setWorkflow(e.target.value)}>{names.map(([id, title]) => <option key={id} value={id}>{title} ({id})</option>)}</select>
      </Field>
      {(definition.data?.problems.length ?? 0) > 0 && <Banner kind="warning" title="Runs of it would get stuck"><ul>{definition.data!.problems.map((p) => <li key={p}>{p}</li>)}</ul></Banner>}
      <Field label="Name" must hint="What people read in their inbox." problem={problems.name}>
        <input value={name} required maxLength={256} autoFocus onChange={(e) => setName(e.target.value)} placeholder="Deploy Feature X" />
      </Field>
      {definition.data ? <SchemaForm key={definition.data.version} schema={schema && typeof schema === 'object' ? schema : {}} label="Subject: what is to be approved"
        problems={problems} onChange={(value, ok) => { setSubject(value); setGood(ok) }} /> : definition.error ? <Failure error={definition.error} what="The workflow" /> : <Skeleton what="the workflow" rows={3} />}
      <details><summary>Start later</summary>
        <Field label="No action starts before" hint={`In your time zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}>
          <input type="datetime-local" value={later} onChange={(e) => setLater(e.target.value)} />
        </Field>
      </details>
      <div className="form-end">
        <Button onPress={() => create.mutate(true)} isDisabled={create.isPending || name === ''}>Keep it as a draft</Button>
        <Button kind="primary" type="submit" icon="plus" isDisabled={create.isPending || !isGood || name === ''}>Create the run</Button>
      </div>
      <details><summary>The same from a command line</summary>
        <Curl>{`curl -X POST ${location.origin}/api/v1/runs -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({workflow, name: name || 'Deploy Feature X', subject}).replaceAll("'", "'\\''")}'`}</Curl>
      </details>
    </form>
  )
}
