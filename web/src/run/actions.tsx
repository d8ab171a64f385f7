// What can be done to a run: one dialog for every action that the API offers (viewer.allowed_actions).
// Each says what it sends; the API decides, and its refusal is shown in the dialog.
import {useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useNavigate} from '@tanstack/react-router'
import {useEffect, useRef, useState, type ReactNode} from 'react'
import {api, randomKey, Refused, take, type Explanation, type Run} from '../api/client'
import {explainQuery, historyQuery, runQuery, workflowQuery} from '../api/queries'
import {Banner, Button, Failure, Person, Prose, Skeleton} from '../parts/basics'
import {Dialog} from '../parts/dialog'
import {Icon} from '../parts/icons'
import {SchemaForm} from '../parts/schema_form'
import {StateChip, words} from '../parts/state'
import {relative} from '../lib/time'

export interface Asked { run: number; action: string; onBehalfOf?: string }
interface Told { reason: string; form?: object; choice: string; subject?: string; by: string }

interface Kind {
  title: string
  button: string
  danger?: boolean
  reason: 'none' | 'may' | 'must'
  says: string
}

const kinds: Record<string, Kind> = {
  approve: {title: 'Approve', button: 'Approve', reason: 'may', says: ''},
  reject: {title: 'Reject', button: 'Reject', danger: true, reason: 'must', says: 'Your rejection is recorded with your name and your reason.'},
  withdraw: {title: 'Withdraw your vote', button: 'Withdraw', reason: 'may', says: 'The gate forgets your vote; the log does not.'},
  claim: {title: 'Claim', button: 'Claim', reason: 'none', says: 'Tells the others that you look after it.'},
  release: {title: 'Release', button: 'Release', reason: 'none', says: 'Others may look after it again.'},
  extend: {title: 'Extend the deadline', button: 'Extend', reason: 'must', says: 'The gate stays open longer.'},
  cancel: {title: 'Cancel the run', button: 'Cancel the run', danger: true, reason: 'may', says: 'It ends here. What runs is stopped first.'},
  retry: {title: 'Retry', button: 'Retry', reason: 'may', says: 'Goes on where it failed, with the same version of its workflow.'},
  rollback: {title: 'Roll back', button: 'Roll back', danger: true, reason: 'must', says: 'Undoes what the run has done, from its last stage to its first, as its workflow says. Whom its gates ask has to agree first.'},
  submit: {title: 'Submit', button: 'Submit', reason: 'none', says: 'The draft becomes a run, with the newest version of its workflow: its first gate asks.'},
  resubmit: {title: 'Resubmit', button: 'Resubmit', reason: 'none', says: 'A new run of the same subject, with the newest version of its workflow. Nobody’s vote is taken over.'},
  resolve: {title: 'Resolve', button: 'Resolve', reason: 'must', says: 'Nobody knows what became of the action. Say what you found.'},
  change_subject: {title: 'Change the subject', button: 'Change', reason: 'may', says: 'Approvals of the old subject are void, unless the workflow keeps them.'},
  'override:gate': {title: 'Pass the gate by override', button: 'Override', danger: true, reason: 'must', says: 'Passes the gate without its votes. Everybody who is told of this run is told of it.'},
  'override:calendar': {title: 'Start outside of the calendar', button: 'Override', danger: true, reason: 'must', says: 'Starts although its calendar is closed.'},
  'override:lock': {title: 'Start without its lock', button: 'Override', danger: true, reason: 'must', says: 'Takes the lock from the run that holds it.'},
}

export const labelOf = (action: string) => kinds[action]?.title ?? words(action)
export const isDangerous = (action: string) => kinds[action]?.danger ?? false

async function send(run: Run, explanation: Explanation, {action, onBehalfOf}: Asked, told: Told, key: string) {
  const path = {id: run.id}
  const header = {'If-Match': `"${run.id}-${run.version}"`, 'Idempotency-Key': key}
  const reason = told.reason || undefined
  const gate = explanation.gate && {stage: explanation.gate.stage, epoch: explanation.gate.epoch}
  switch (action) {
    case 'approve': case 'reject': case 'withdraw':
      return take(api.POST('/api/v1/runs/{id}/votes', {
        params: {path, header, query: {wait: '0s'}},
        body: {choice: action, comment: reason, ...gate, subject_digest: run.subject_digest,
               on_behalf_of: onBehalfOf, form: told.form as Record<string, unknown> | undefined}}))
    case 'claim': return take(api.POST('/api/v1/runs/{id}/claim', {params: {path, header}, body: {...gate}}))
    case 'release': return take(api.POST('/api/v1/runs/{id}/release', {params: {path, header}, body: {...gate}}))
    case 'extend': return take(api.POST('/api/v1/runs/{id}/extend', {params: {path, header}, body: {...gate, by: told.by, reason: told.reason}}))
    case 'cancel': return take(api.POST('/api/v1/runs/{id}/cancel', {params: {path, header}, body: {reason}}))
    case 'retry': return take(api.POST('/api/v1/runs/{id}/retry', {params: {path, header}, body: {reason}}))
    case 'rollback': return take(api.POST('/api/v1/runs/{id}/rollback', {params: {path, header}, body: {reason: told.reason}}))
    case 'submit': return take(api.POST('/api/v1/runs/{id}/submit', {params: {path, header}, body: {}}))
    case 'resubmit': return take(api.POST('/api/v1/runs/{id}/resubmit', {params: {path, header}, body: {}}))
    case 'resolve': return take(api.POST('/api/v1/runs/{id}/resolve', {
      params: {path, header}, body: {resolution: told.choice as 'retry', reason: told.reason}}))
    case 'change_subject': return take(api.PATCH('/api/v1/runs/{id}/subject', {
      params: {path, header}, body: {subject: JSON.parse(told.subject ?? '{}') as Record<string, unknown>, reason}}))
    case 'override:gate': case 'override:calendar': case 'override:lock': return take(api.POST('/api/v1/runs/{id}/override', {
      params: {path, header}, body: {kind: action.replace('override:', '') as 'gate', reason: told.reason}}))
    default: throw new Error(`This page does not know the action '${action}'. Reload it.`)
  }
}

// Who moved the run on while the dialog was open.
function Stale({id, since, onReview}: {id: number; since: number; onReview: () => void}) {
  const {data} = useQuery(historyQuery(id))
  const last = data?.items.filter((item) => item.sequence > since && item.event.type !== 'GateOpened')[0]
  return (
    <Banner kind="warning" title="The run has moved on" actions={<Button onPress={onReview}>I have seen it</Button>}>
      {last ? <>{last.actor}: {eventWords(last.event.type)}, {relative(last.at, Date.now())}. </> : 'Somebody changed it. '}
      Look again before you decide.
    </Banner>
  )
}

export const eventWords = (type: string) => type.replace(/(?!^)([A-Z])/g, ' $1').replace(/^./, (c) => c.toUpperCase()).replace(/ [A-Z]/g, (c) => c.toLowerCase())

function WhatNext({explanation, isFor}: {explanation: Explanation; isFor?: string}) {
  const next = explanation.viewer?.if_i_approve
  if (!next || (next.on_behalf_of ?? undefined) !== isFor) return null
  return (
    <div className="what-next">
      <h3>What happens then</h3>
      <ol>{next.steps.map((step, i) => (
        <li key={i} data-kind={step.kind}><Icon name={stepIcons[step.kind] ?? 'circle'} size={14} /> <Prose text={step.detail} /></li>
      ))}</ol>
    </div>
  )
}

const stepIcons: Record<string, string> = {
  vote_counts: 'check', gate_satisfied: 'shield', gate_rejected: 'cross', stage_skipped: 'skip', stage_done: 'flag',
  gate_opens: 'users', asked_again: 'retry', lock_taken: 'lock', lock_queued: 'clock', lock_released: 'lock',
  action_starts: 'play', action_blocked: 'stop', review_opens: 'eye', run_finished: 'flag', supersedes: 'skip',
}

export function ActionDialog({asked, onClose, onDone}: {asked: Asked; onClose: () => void; onDone?: () => void}) {
  const run = useQuery(runQuery(asked.run))
  const explanation = useQuery(explainQuery(asked.run))
  const title = <>{labelOf(asked.action)}: <span className="run-name">{run.data?.name ?? `run ${asked.run}`}</span></>
  return (
    <Dialog title={title} onClose={onClose}>
      {run.data && explanation.data
        ? <ActionForm asked={asked} run={run.data} explanation={explanation.data} onClose={onClose} onDone={onDone} />
        : run.error ? <Failure error={run.error} what="The run" /> : <Skeleton what="the run" />}
    </Dialog>
  )
}

function ActionForm({asked, run, explanation, onClose, onDone}:
  {asked: Asked; run: Run; explanation: Explanation; onClose: () => void; onDone?: () => void}) {
  const kind = kinds[asked.action] ?? {title: asked.action, button: words(asked.action), reason: 'must' as const, says: ''}
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [told, tell] = useState<Told>({reason: '', choice: 'retry', by: '2h', subject: JSON.stringify(run.subject, null, 2)})
  const [seen, see] = useState(run.version)
  const [missing, miss] = useState(false)
  const [formOk, setFormOk] = useState(true)
  const key = useRef(randomKey())
  const isVote = asked.action === 'approve' || asked.action === 'reject'
  const workflow = useQuery({...workflowQuery(run.workflow), enabled: isVote && (explanation.gate?.form_required ?? false)})
  const formSchema = isVote && explanation.gate?.form_required
    ? formOf(workflow.data?.stages.find((s) => s.name === explanation.gate?.stage)?.gate) : undefined
  const isStale = seen !== run.version
  const decide = useMutation({
    mutationFn: () => send(run, explanation, asked, told, key.current),
    onSuccess: (answer) => {
      for (const list of ['run', 'inbox', 'runs', 'locks']) void queries.invalidateQueries({queryKey: [list]})
      onClose()
      onDone?.()
      if (asked.action === 'resubmit') void navigate({to: '/runs/$id', params: {id: String((answer as {id: number}).id)}})
    },
    onError: (error) => {
      key.current = randomKey()
      if (error instanceof Refused && (error.problem.status === 409 || error.problem.status === 412)) {
        void queries.invalidateQueries({queryKey: ['run', run.id]})
      }
    },
  })
  const needsReason = kind.reason === 'must' && told.reason.trim() === ''
  const submit = () => {
    if (needsReason) { miss(true); return }
    decide.mutate()
  }
  const review = () => { see(run.version); decide.reset() }
  const isOffered = explanation.viewer?.allowed_actions.includes(asked.action as 'approve')
    || explanation.viewer?.on_behalf_of.some((place) => place.id === asked.onBehalfOf)
  return (
    <form onSubmit={(event) => { event.preventDefault(); submit() }}>
      <div className="dialog-body">
        {isStale && <Stale id={run.id} since={seen} onReview={review} />}
        {decide.error && !isStale && <Failure error={decide.error} what="That" />}
        {!isOffered && !decide.isPending && (
          <Banner kind="warning" title="This is not offered to you any more">
            {explanation.viewer?.reasons.map((reason) => reason.detail).join('; ') || explanation.summary}
          </Banner>
        )}
        <div className="facts-line">
          <StateChip workflow={run.workflow} state={run.state} />
          {run.stage && <span>stage <b>{run.stage}</b></span>}
          {asked.onBehalfOf && <span>in the place of <Person id={asked.onBehalfOf} /></span>}
          <span className="faint">subject <code>{run.subject_digest.slice(0, 12)}</code></span>
        </div>
        {kind.says && <p>{kind.says}</p>}
        {asked.action === 'approve' && <WhatNext explanation={explanation} isFor={asked.onBehalfOf} />}
        {formSchema && <SchemaForm schema={formSchema} label="The gate asks"
          onChange={(form, ok) => { tell((old) => ({...old, form})); setFormOk(ok) }} />}
        {asked.action === 'resolve' && (
          <Field label="What became of it?">
            <select value={told.choice} onChange={(e) => tell({...told, choice: e.target.value})}>
              <option value="succeeded">It succeeded</option><option value="failed">It failed</option><option value="retry">Try it again</option>
            </select>
          </Field>
        )}
        {asked.action === 'extend' && (
          <Field label="By how much" hint="For example 30m, 2h, 1d.">
            <input value={told.by} onChange={(e) => tell({...told, by: e.target.value})} />
          </Field>
        )}
        {asked.action === 'change_subject' && (
          <Field label="The whole new subject, as JSON">
            <textarea className="code" rows={8} value={told.subject} onChange={(e) => tell({...told, subject: e.target.value})} />
          </Field>
        )}
        {kind.reason !== 'none' && (
          <Field label={isVote || asked.action === 'withdraw' ? 'Comment' : 'Reason'} must={kind.reason === 'must'}
                 problem={missing && needsReason ? 'Say why: the people behind this run read it.' : undefined}>
            <textarea rows={3} maxLength={4096} autoFocus value={told.reason} onChange={(e) => tell({...told, reason: e.target.value})}
              onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); if (!isStale) submit() } }} />
          </Field>
        )}
      </div>
      <footer>
        <Button onPress={onClose}>Back</Button>
        <Button kind={kind.danger ? 'danger' : 'primary'} type="submit" isDisabled={decide.isPending || isStale || !formOk}
          autoFocus={kind.reason === 'none'} hint={kind.reason === 'none' ? undefined : 'Ctrl ↵'}>
          {decide.isPending ? 'Sending…' : kind.button}
        </Button>
      </footer>
    </form>
  )
}

function formOf(gate: unknown): object | undefined {
  const form = (gate as {form?: {schema?: object} & object} | null | undefined)?.form
  return form && 'schema' in form && form.schema ? form.schema : form
}

export function Field({label, hint, must, problem, children}:
  {label: string; hint?: string; must?: boolean; problem?: string; children: ReactNode}) {
  const note = useRef<HTMLSpanElement>(null)
  useEffect(() => { if (problem) note.current?.focus() }, [problem])
  return (
    <label className="field" data-bad={problem ? true : undefined}>
      <span>{label}{must && <em> (needed)</em>}</span>
      {children}
      {hint && <small>{hint}</small>}
      {problem && <span className="problem" role="alert" ref={note}><Icon name="warning" size={13} /> {problem}</span>}
    </label>
  )
}
