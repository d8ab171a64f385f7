// The stages in order: what is done, what is open, what is ahead; who voted, when, and why.
import type {CastVote, Gate, Run, Stage} from '../api/client'
import {Ago, Chip, Due, Person} from '../parts/basics'
import {Icon} from '../parts/icons'
import {duration} from '../lib/time'
import {words} from '../parts/state'

const looks: Record<string, {icon: string; word: string}> = {
  done: {icon: 'check', word: 'done'}, current: {icon: 'play', word: 'now'},
  ahead: {icon: 'circle', word: 'ahead'}, skipped: {icon: 'skip', word: 'skipped'},
}
const choiceLooks: Record<string, {color: string; icon: string; word: string}> = {
  approve: {color: 'green', icon: 'check', word: 'approved'}, reject: {color: 'red', icon: 'cross', word: 'rejected'},
  withdraw: {color: 'gray', icon: 'retry', word: 'withdrew'}, abstain: {color: 'gray', icon: 'circle', word: 'abstained'},
}

export function Vote({vote, outdated}: {vote: CastVote; outdated?: string}) {
  const look = choiceLooks[vote.choice]!
  return (
    <li className="vote" data-outdated={outdated ? true : undefined}>
      <div className="vote-head">
        <Person id={vote.voter} />
        <Chip color={look.color} icon={look.icon}>{look.word}</Chip>
        {vote.kind !== 'person' && <Chip>{vote.kind}</Chip>}
        {vote.shadow && <Chip color="purple" icon="eye">shadow: does not count</Chip>}
        {vote.on_behalf_of && <span className="meta">for {vote.on_behalf_of}</span>}
        {vote.rules.length > 0 && <span className="meta">as {vote.rules.join(', ')}</span>}
        <span className="meta push"><Ago time={vote.at} /></span>
      </div>
      {vote.comment && <p className="comment">{vote.comment}</p>}
      {outdated && <p className="meta">counts no more: {outdated}</p>}
      {vote.carried_reason && <p className="meta">carried over: {vote.carried_reason}</p>}
      {vote.form && <details><summary>Form</summary><pre>{JSON.stringify(vote.form, null, 2)}</pre></details>}
      {vote.evidence && <details><summary>{vote.kind === 'policy' ? 'How the policy came to it' : 'Evidence'}</summary><pre>{JSON.stringify(vote.evidence, null, 2)}</pre></details>}
    </li>
  )
}

function GateLine({gate}: {gate: Gate}) {
  return (
    <div className="meta">
      {gate.rules?.map((rule) => <Chip key={rule.id} color={rule.have >= rule.need ? 'green' : 'gray'} icon={rule.have >= rule.need ? 'check' : 'users'}>{rule.id} {rule.have}/{rule.need}</Chip>)}
      {gate.epoch > 1 && <Chip color="orange" icon="retry">asked {gate.epoch} times{gate.reason ? `: ${gate.reason}` : ''}</Chip>}
      {gate.overridden && <Chip color="orange" icon="warning">passed by override</Chip>}
      {gate.outcome !== 'pending' && gate.decided_at && <span>{gate.outcome} <Ago time={gate.decided_at} /></span>}
      {gate.outcome === 'pending' && gate.deadline && <Due time={gate.deadline} />}
    </div>
  )
}

function StageItem({stage}: {stage: Stage}) {
  const look = looks[stage.state]!
  const took = stage.entered_at && stage.left_at ? (Date.parse(stage.left_at) - Date.parse(stage.entered_at)) / 1000 : null
  return (
    <li className="stage" data-state={stage.state} aria-current={stage.state === 'current' ? 'step' : undefined}>
      <span className="knot"><Icon name={look.icon} size={12} /></span>
      <div className="stage-body">
        <div className="stage-head">
          <b>{stage.name}</b>
          <span className="faint">{look.word}</span>
          {stage.has_action && <Chip icon="play">acts</Chip>}
          <span className="meta push">
            {took !== null ? <span title={`left ${stage.left_at}`}>took {duration(took)}</span> : stage.entered_at && <>since <Ago time={stage.entered_at} /></>}
          </span>
        </div>
        {stage.skip_reason && <p className="meta">{stage.skip_reason}</p>}
        {stage.state === 'ahead' && stage.done_state && <p className="meta">leads to {words(stage.done_state)}</p>}
        {stage.gate && <GateLine gate={stage.gate} />}
        {stage.gate && stage.gate.votes.length > 0 && <ul className="plain votes">{stage.gate.votes.map((vote, i) => <Vote key={i} vote={vote} />)}</ul>}
        {stage.outdated_votes.length > 0 && (
          <details><summary>{stage.outdated_votes.length} votes that count no more</summary>
            <ul className="plain votes">{stage.outdated_votes.map((vote, i) => <Vote key={i} vote={vote} outdated={vote.reason} />)}</ul>
          </details>
        )}
      </div>
    </li>
  )
}

// All at a glance; the details are below.
export function Rail({run}: {run: Run}) {
  return (
    <ol className="rail" aria-label="Stages">
      {run.stages.map((stage) => {
        const look = looks[stage.state]!
        const isBad = stage.state === 'current' && (run.stage === null || run.incident !== null)  // it went no further
        return (
          <li key={stage.name} data-state={isBad ? 'ended' : stage.state}>
            <Icon name={isBad ? 'cross' : look.icon} size={13} /><span>{stage.name}</span>
            <span className="hidden-text">{isBad ? words(run.status) : look.word}</span>
          </li>
        )
      })}
    </ol>
  )
}

export function Stages({run}: {run: Run}) {
  return <ol className="stages">{run.stages.map((stage) => <StageItem key={stage.name} stage={stage} />)}</ol>
}
