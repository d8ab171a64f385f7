// Why the run is where it is, who can change that, and what the viewer can do: all from /explain.
import type {Explanation, Rule, Run, WaitsFor} from '../api/client'
import {Ago, Banner, Button, Card, Chip, Due, People, Person, Prose} from '../parts/basics'
import {Icon} from '../parts/icons'
import {isDangerous, labelOf, type Asked} from './actions'

const icons: Record<string, string> = {
  votes: 'users', policy: 'shield', second_person: 'users', review: 'eye', stop: 'stop', schedule: 'calendar', wait: 'clock',
  calendar: 'calendar', lock: 'lock', attempt: 'play', retry: 'retry', incident: 'warning',
}

// `isSaid`: the summary above says the same.
function Waits({item, isSaid}: {item: WaitsFor; isSaid?: boolean}) {
  return (
    <li className="waits">
      <Icon name={icons[item.kind] ?? 'clock'} />
      <div>
        {!isSaid && <div><Prose text={item.detail} /></div>}
        <div className="meta">
          {item.since && <span>since <Ago time={item.since} /></span>}
          {item.until && <Due time={item.until} label="until" />}
          {item.then && <span>then {item.then}</span>}
        </div>
        {item.who.length > 0 && item.kind !== 'votes' && <div className="meta">Can be ended by <People ids={item.who} /></div>}
      </div>
    </li>
  )
}

function leaves(rule: Rule): Rule[] {
  return rule.kind === 'leaf' ? [rule] : (rule.children ?? []).flatMap(leaves)
}

const kindWords: Record<string, (need: number | null) => string> = {
  all: () => 'all of', any: () => 'one of', nOf: (need) => `${need} of`,
}

export function RuleTree({rule}: {rule: Rule}) {
  if (rule.kind !== 'leaf') {
    if (rule.children?.length === 1) return <RuleTree rule={rule.children[0]!} />
    return (
      <div className="rule-group"><span className="faint">{kindWords[rule.kind]?.(rule.need)}</span>
        <ul>{rule.children?.map((child, i) => <li key={i}><RuleTree rule={child} /></li>)}</ul>
      </div>
    )
  }
  const source = rule.from ? `${rule.from.plugin} ${Object.values(rule.from.with).map((v) => typeof v === 'string' ? v : JSON.stringify(v)).join(', ')}` : ''
  return (
    <div className="rule" data-state={rule.state}>
      <div className="rule-head">
        <Icon name={rule.state === 'satisfied' ? 'check' : rule.state === 'impossible' ? 'warning' : 'circle'} size={14} />
        <b>{rule.id}</b> <span className="faint">{source}</span>
        <Chip color={rule.state === 'satisfied' ? 'green' : rule.state === 'impossible' ? 'red' : 'gray'}>
          {rule.have} of {rule.need ?? '?'}{rule.state === 'impossible' && ', cannot be filled'}
        </Chip>
      </div>
      {(rule.filled_by?.length ?? 0) > 0 && <div className="meta">approved by <People ids={rule.filled_by!} /></div>}
      {rule.state !== 'satisfied' && (rule.can_fill === null
        ? <div className="meta">anybody with {source || 'its role'} can; nobody keeps a list</div>
        : (rule.can_fill?.length ?? 0) > 0
          ? <div className="meta">can approve now <People ids={rule.can_fill!} /></div>
          : <div className="meta">nobody who is left can approve it</div>)}
      {(rule.policies?.length ?? 0) > 0 && <div className="meta">policies may fill it: {rule.policies!.join(', ')}</div>}
    </div>
  )
}

export function Why({run, explanation, ask}: {run: Run; explanation: Explanation; ask: (asked: Asked) => void}) {
  const {viewer, gate} = explanation
  const isOver = run.stage === null
  return (
    <>
      {run.incident && <Banner kind="danger" title="It needs somebody: nobody knows what became of it">{run.incident.message} <span className="faint">(<Ago time={run.incident.at} />)</span></Banner>}
      {run.rollback && !isOver && <Banner kind="warning" title={`It is being undone, says ${run.rollback.by}`}>{run.rollback.reason}</Banner>}
      {run.cancel_requested && !isOver && <Banner kind="warning" title="It is being cancelled">What runs is stopped first.</Banner>}
      <Card id={`why-${run.id}`} title={isOver ? 'How it ended' : 'What it waits for'}
            aside={gate?.deadline && gate.outcome === 'pending' ? <Due time={gate.deadline} /> : undefined}>
        <p className="summary"><Prose text={explanation.summary} /></p>
        {run.finish_reason && <p className="meta">{run.finish_reason}</p>}
        {explanation.waits_for.length > 0 && <ul className="plain">{explanation.waits_for.map((item, i) => <Waits key={i} item={item} isSaid={explanation.summary.toLowerCase().startsWith(item.detail.toLowerCase())} />)}</ul>}
        {gate && gate.outcome === 'pending' && (
          <>
            <h3>Who can approve now</h3>
            <RuleTree rule={gate.rules} />
            <div className="meta">
              {gate.reject.kind === 'veto' ? 'one rejection ends it' : gate.reject.kind === 'block' ? 'a rejection blocks it' : `${gate.reject.need} rejections end it`}
              {gate.reject.by.length > 0 && <>; rejected by <People ids={gate.reject.by} /></>}
              {gate.claimed_by && <>; <Person id={gate.claimed_by} /> looks after it</>}
              {gate.human_required && !gate.human_approved && '; a person has to be among them'}
              {gate.distinct && leaves(gate.rules).length > 1 && '; each person counts once'}
              {gate.next_escalation && <>; more people are asked <Ago time={gate.next_escalation.at} /></>}
            </div>
          </>
        )}
        {explanation.ahead.length > 0 && (
          <><h3>Then it would wait for</h3><ul className="plain">{explanation.ahead.map((item, i) => <Waits key={i} item={item} />)}</ul></>
        )}
      </Card>
      {viewer && <You explanation={explanation} run={run} ask={ask} isOver={isOver} />}
    </>
  )
}

function You({explanation, run, ask, isOver}: {explanation: Explanation; run: Run; ask: (asked: Asked) => void; isOver: boolean}) {
  const viewer = explanation.viewer!
  const votes = viewer.allowed_actions.filter((a) => a === 'approve' || a === 'reject')
  const others = viewer.allowed_actions.filter((a) => a !== 'approve' && a !== 'reject')
  return (
    <div className="you" data-can={viewer.can_decide}>
      <div className="you-text">
        <Icon name={viewer.can_decide ? 'check' : isOver ? 'lock' : 'lock'} />
        <div>
          {viewer.can_vote ? <strong>You can decide this.</strong>
            : <><strong>{isOver ? 'Nothing is left to decide.' : 'You cannot vote here.'}</strong>
                <ul className="plain">{viewer.reasons.map((reason) => <li key={reason.code}><Prose text={reason.detail} /></li>)}</ul></>}
          {viewer.notes.map((note) => <div key={note.code} className="meta"><Prose text={note.detail} /></div>)}
        </div>
      </div>
      <div className="you-actions">
        {(['approve', 'reject'] as const).map((action) => (
          <Button key={action} kind={action === 'approve' ? 'primary' : 'danger'} hint={action[0]} icon={action === 'approve' ? 'check' : 'cross'}
                  isDisabled={!votes.includes(action)} onPress={() => ask({run: run.id, action})}>
            {action === 'approve' ? 'Approve' : 'Reject'}
          </Button>
        ))}
        {others.map((action) => (
          <Button key={action} kind={isDangerous(action) ? 'danger-quiet' : 'quiet'} onPress={() => ask({run: run.id, action})}>{labelOf(action)}</Button>
        ))}
        {viewer.on_behalf_of.filter((place) => place.can_vote).flatMap((place) => place.allowed_actions.map((action) => (
          <Button key={`${place.id} ${action}`} onPress={() => ask({run: run.id, action, onBehalfOf: place.id})}>{labelOf(action)} for {place.id}</Button>
        )))}
      </div>
    </div>
  )
}
