// A workflow played on the way on which everybody agrees, by the server: nothing is stored.
import {useMutation} from '@tanstack/react-query'
import {useState} from 'react'
import {api, take} from '../api/client'
import {shortTime} from '../lib/time'
import {Banner, Button, Curl, Failure, Prose} from '../parts/basics'
import {SchemaForm} from '../parts/schema_form'
import {StateChip} from '../parts/state'
import type {components} from '../../generated/openapi'

type Simulation = components['schemas']['Simulation']

export function Simulate({source, schema, workflow}: {source: string; schema: unknown; workflow: string}) {
  const [subject, setSubject] = useState<object>({})
  const [isGood, setGood] = useState(true)
  const play = useMutation({
    mutationFn: () => take<Simulation>(api.POST('/api/v1/simulate', {body: {source, subject: subject as Record<string, unknown>}}) as never),
  })
  return (
    <section className="simulate" aria-label="Simulate">
      <p className="meta">Everybody who is needed agrees and every action succeeds, on a clock of its own. Nothing is stored, no action is made, nobody is told.</p>
      <SchemaForm schema={schema && typeof schema === 'object' ? schema : {}} label="Subject" onChange={(value, ok) => { setSubject(value); setGood(ok) }} />
      <div className="form-end"><Button icon="play" isDisabled={!isGood || play.isPending} onPress={() => play.mutate()}>Play it</Button></div>
      {play.error && <Failure error={play.error} what="The simulation" />}
      {play.data && <Played simulation={play.data} workflow={workflow} />}
      <details><summary>The same from a command line</summary><Curl>{`gatewright simulate ${workflow}.yaml --subject '${JSON.stringify(subject).replaceAll("'", "'\\''")}'`}</Curl></details>
    </section>
  )
}

function Played({simulation, workflow}: {simulation: Simulation; workflow: string}) {
  return (
    <>
      {simulation.ok ? <Banner kind="good" title="It comes to its end" />
        : <Banner kind="warning" title="It does not come to its end by itself"><ul>{simulation.problems.map((p, i) => <li key={i}>{p.message}</li>)}</ul></Banner>}
      <ol className="played" aria-label="What happens">{simulation.steps.map((step, i) => (
        <li key={i}>
          <div className="line"><time className="when" dateTime={step.at}>{shortTime(step.at)}</time><b>{step.by_engine ? '» ' : ''}{step.command}</b>
            {step.state && <span className="push"><StateChip workflow={workflow} state={step.state} /></span>}</div>
          {step.result !== 'accepted' && step.detail && <p className="problem">{step.detail}</p>}
          <ul className="plain">{step.happened.map((sentence, j) => <li key={j}><Prose text={sentence} /></li>)}</ul>
          {step.waits_for && <p className="meta">{step.waits_for}</p>}
        </li>
      ))}</ol>
    </>
  )
}
