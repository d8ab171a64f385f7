// What waits for me, by due time: the list, and the chosen run beside it.
import {useInfiniteQuery} from '@tanstack/react-query'
import {Link, useNavigate, useSearch} from '@tanstack/react-router'
import {useEffect, useRef} from 'react'
import type {InboxItem} from '../api/client'
import {useActor} from '../api/identity'
import {inboxQuery} from '../api/queries'
import {Ago, Button, Curl, Due, Empty, Failure, Person, Skeleton} from '../parts/basics'
import {useKeys} from '../parts/keys'
import {StateChip} from '../parts/state'
import {RunPanel} from '../run/panel'

function votesLine(item: InboxItem): string {
  const rule = item.explanation.gate?.rules
  const leaf = rule?.kind === 'leaf' ? rule : rule?.children?.length === 1 && rule.children[0]!.kind === 'leaf' ? rule.children[0] : undefined
  return leaf ? `${leaf.have} of ${leaf.need ?? '?'} ${leaf.id}` : rule ? `${rule.have} of ${rule.need ?? '?'} rules` : ''
}

function Item({item, isChosen}: {item: InboxItem; isChosen: boolean}) {
  const {run, explanation} = item
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => { if (isChosen) link.current?.scrollIntoView({block: 'nearest'}) }, [isChosen])
  return (
    <li>
      <Link ref={link} className="inbox-item" to="/" search={{run: run.id}} aria-current={isChosen ? 'true' : undefined}>
        <span className="inbox-title"><b>{run.name}</b><StateChip workflow={run.workflow} state={run.state} /></span>
        <span className="meta">
          <span>{run.workflow} · {explanation.stage}</span><span>{votesLine(item)}</span>
          {explanation.gate?.claimed_by && <span>claimed by {explanation.gate.claimed_by}</span>}
        </span>
        <span className="meta"><Person id={run.requester} /><Ago time={run.created_at} />
          {explanation.gate?.deadline && <span className="push"><Due time={explanation.gate.deadline} /></span>}</span>
      </Link>
    </li>
  )
}

export function InboxScreen() {
  const inbox = useInfiniteQuery(inboxQuery)
  const {run: asked} = useSearch({strict: false}) as {run?: number}
  const navigate = useNavigate()
  useActor()
  const items = inbox.data?.pages.flatMap((page) => page.items) ?? []
  const ids = items.map((item) => item.run.id)
  const chosen = asked ?? ids[0]
  const at = chosen === undefined ? -1 : ids.indexOf(chosen)
  const choose = (id: number | undefined) => void navigate({to: '/', search: {run: id}, replace: true})
  const move = (by: number) => {
    if (ids.length > 0) choose(ids[Math.min(Math.max(at + by, 0), ids.length - 1)])
  }
  // A page may be empty and still go on.
  useEffect(() => { if (items.length === 0 && inbox.hasNextPage && !inbox.isFetching) void inbox.fetchNextPage() })
  useKeys({
    j: () => move(1), k: () => move(-1),
    Enter: () => { if (chosen !== undefined) void navigate({to: '/runs/$id', params: {id: String(chosen)}}) },
  })
  const next = () => choose(ids.filter((id) => id !== chosen)[Math.max(Math.min(at, ids.length - 2), 0)])

  if (!inbox.data) {
    return <div className="narrow"><h1>Waiting for me</h1>{inbox.error ? <Failure error={inbox.error} what="The inbox" retry={() => void inbox.refetch()} /> : <Skeleton what="the inbox" />}</div>
  }
  if (items.length === 0 && asked === undefined) {
    return (
      <div className="narrow"><h1>Waiting for me</h1>
        {inbox.error && <Failure error={inbox.error} what="The inbox" retry={() => void inbox.refetch()} />}
        <Empty title="Nothing waits for you" action={<Button kind="primary" icon="plus" onPress={() => void navigate({to: '/new'})}>New run</Button>}>
          <p>Gates that you can decide now appear here by themselves, the most urgent first.</p>
          <Curl>{`curl -X POST ${location.origin}/deployments \\\n  -H 'Content-Type: application/json' -d '{"name": "Deploy Feature X"}'`}</Curl>
        </Empty>
      </div>
    )
  }
  return (
    <div className="split">
      <section className="split-list" aria-labelledby="inbox-title">
        <header><h1 id="inbox-title">Waiting for me</h1><span className="count">{items.length}{inbox.hasNextPage && '+'}</span></header>
        {inbox.error && <Failure error={inbox.error} what="The inbox" retry={() => void inbox.refetch()} />}
        <ul className="plain inbox">{items.map((item) => <Item key={item.run.id} item={item} isChosen={item.run.id === chosen} />)}</ul>
        {inbox.hasNextPage && <Button kind="quiet" onPress={() => void inbox.fetchNextPage()}>More</Button>}
      </section>
      <section className="split-detail" aria-label="The chosen run">
        {chosen !== undefined && <RunPanel key={chosen} id={chosen} onDone={next} />}
      </section>
    </div>
  )
}
