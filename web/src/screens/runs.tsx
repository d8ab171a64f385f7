// All runs: filters are the address, pages come as one scrolls, rows outside of the window are not drawn.
import {useInfiniteQuery, useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {Link, useNavigate, useSearch} from '@tanstack/react-router'
import {useEffect, useMemo, useRef, useState} from 'react'
import {api, take, type BulkAnswer, type RunSummary} from '../api/client'
import {runsQuery, workflowsQuery, type RunFilters} from '../api/queries'
import {csv} from '../lib/csv'
import {Ago, Banner, Button, Curl, Empty, Failure, Person, Skeleton} from '../parts/basics'
import {Dialog} from '../parts/dialog'
import {Icon} from '../parts/icons'
import {useKeys} from '../parts/keys'
import {RunLink} from '../parts/links'
import {StateChip, StatusText, words} from '../parts/state'
import {Views} from '../parts/views'
import {Field} from '../run/actions'

const statuses = ['waiting', 'executing', 'blocked', 'needs_attention', 'succeeded', 'rejected', 'expired', 'cancelled', 'failed', 'superseded', 'stale', 'rolled_back']
const views: {name: string; filters: RunFilters}[] = [
  {name: 'All', filters: {}},
  {name: 'Open', filters: {status: 'waiting,executing,blocked,needs_attention,stale'}},
  {name: 'Needs attention', filters: {status: 'needs_attention,blocked,stale'}},
  {name: 'Finished', filters: {status: 'succeeded,rejected,expired,cancelled,failed,superseded,rolled_back'}},
]
const rowHeight = 44
const mostBulk = 50
const mostRows = 20_000

function Filters({filters, set}: {filters: RunFilters; set: (filters: RunFilters) => void}) {
  const {data: workflows} = useQuery(workflowsQuery)
  const [text, setText] = useState(filters.q ?? '')
  useEffect(() => setText(filters.q ?? ''), [filters.q])
  useEffect(() => {
    if (text === (filters.q ?? '')) return
    // Not when another screen is on its way already.
    const timer = setTimeout(() => { if (location.pathname === '/runs') set({...filters, q: text || undefined}) }, 250)
    return () => clearTimeout(timer)
  }, [text])
  const states = workflows?.filter((w) => !filters.workflow || w.name === filters.workflow).flatMap((w) => w.states.map((s) => s.state)) ?? []
  return (
    <div className="filters" role="search">
      <label className="search"><Icon name="search" size={14} /><span className="hidden-text">Search names</span>
        <input id="search" type="search" placeholder="Search names" value={text} maxLength={256} onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => { if (e.key === 'Escape') e.currentTarget.blur() }} />
      </label>
      <label><span className="hidden-text">Workflow</span>
        <select value={filters.workflow ?? ''} onChange={(e) => set({...filters, workflow: e.target.value || undefined})}>
          <option value="">Any workflow</option>{workflows?.map((w) => <option key={w.name}>{w.name}</option>)}
        </select></label>
      <label><span className="hidden-text">State</span>
        <select value={filters.state ?? ''} onChange={(e) => set({...filters, state: e.target.value || undefined})}>
          <option value="">Any state</option>{[...new Set(states)].map((s) => <option key={s} value={s}>{words(s)}</option>)}
        </select></label>
      <label><span className="hidden-text">Status</span>
        <select value={filters.status ?? ''} onChange={(e) => set({...filters, status: e.target.value || undefined})}>
          <option value="">Any status</option>
          {filters.status && !statuses.includes(filters.status) && <option value={filters.status}>{filters.status.split(',').length} statuses</option>}
          {statuses.map((s) => <option key={s} value={s}>{words(s)}</option>)}
        </select></label>
      <label><span className="hidden-text">Requester</span>
        <input placeholder="Requester" defaultValue={filters.requester ?? ''} key={filters.requester}
          onBlur={(e) => { if (e.target.value !== (filters.requester ?? '')) set({...filters, requester: e.target.value || undefined}) }}
          onKeyDown={(e) => { if (e.key === 'Enter') e.currentTarget.blur() }} /></label>
    </div>
  )
}

export function RunsScreen() {
  const filters = useSearch({strict: false}) as RunFilters
  const navigate = useNavigate()
  const set = (next: RunFilters) => void navigate({to: '/runs', search: next as Record<string, string>, replace: true})
  const query = useInfiniteQuery(runsQuery(filters))
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  const [at, setAt] = useState(0)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [bulk, setBulk] = useState<'approve' | 'reject' | null>(null)
  const toggle = (id: number) => setChosen((old) => {
    const next = new Set(old)
    if (!next.delete(id) && next.size < mostBulk) next.add(id)
    return next
  })
  const current = rows[Math.min(at, rows.length - 1)]
  useKeys({
    j: () => setAt((old) => Math.min(old + 1, rows.length - 1)), k: () => setAt((old) => Math.max(old - 1, 0)),
    x: () => { if (current) toggle(current.id) },
    Enter: () => { if (current) void navigate({to: '/runs/$id', params: {id: String(current.id)}}) },
    a: () => { if (chosen.size > 0) setBulk('approve') }, r: () => { if (chosen.size > 0) setBulk('reject') },
  })
  const isFiltered = Object.values(filters).some(Boolean)
  return (
    <div className="runs-screen">
      <header className="screen-header">
        <h1>All runs</h1>
        <Views own={views} filters={filters} set={set} />
        <Export filters={filters} />
      </header>
      <Filters filters={filters} set={set} />
      {chosen.size > 0 && (
        <div className="bulk" role="region" aria-label="Chosen runs">
          <b>{chosen.size} chosen</b>{chosen.size >= mostBulk && <span className="meta">{mostBulk} at most</span>}
          <Button kind="primary" icon="check" hint="a" onPress={() => setBulk('approve')}>Approve</Button>
          <Button kind="danger" icon="cross" hint="r" onPress={() => setBulk('reject')}>Reject</Button>
          <Button kind="quiet" onPress={() => setChosen(new Set())}>Choose none</Button>
        </div>
      )}
      {query.error && <Failure error={query.error} what="The runs" retry={() => void query.refetch()} />}
      {!query.data ? (!query.error && <Skeleton what="the runs" rows={10} />)
        : rows.length > 0 ? <Table rows={rows} at={at} setAt={setAt} chosen={chosen} toggle={toggle}
            more={() => { if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage() }} hasMore={query.hasNextPage} />
        : isFiltered ? <Empty title="No run is like that" action={<Button onPress={() => set({})}>Clear the filters</Button>}>None of the runs fits all of the filters.</Empty>
        : <Empty title="There are no runs yet" action={<Button kind="primary" icon="plus" onPress={() => void navigate({to: '/new'})}>New run</Button>}>
            <p>A run is one request on its way through a workflow.</p>
            <Curl>{`curl -X POST ${location.origin}/deployments \\\n  -H 'Content-Type: application/json' -d '{"name": "Deploy Feature X"}'`}</Curl>
          </Empty>}
      {bulk && <BulkDialog choice={bulk} runs={[...chosen]} known={rows} onClose={() => setBulk(null)} onDone={() => setChosen(new Set())} />}
    </div>
  )
}

function Table({rows, at, setAt, chosen, toggle, more, hasMore}: {
  rows: RunSummary[]; at: number; setAt: (at: number) => void; chosen: ReadonlySet<number>; toggle: (id: number) => void; more: () => void; hasMore: boolean
}) {
  const box = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const [window_, setWindow] = useState({top: 0, height: 800})
  useEffect(() => {
    const element = box.current!
    const measure = () => setWindow({top: element.scrollTop, height: element.clientHeight})
    const sizes = new ResizeObserver(measure)
    sizes.observe(element)
    element.addEventListener('scroll', measure, {passive: true})
    return () => { sizes.disconnect(); element.removeEventListener('scroll', measure) }
  }, [])
  const first = Math.max(0, Math.floor(window_.top / rowHeight) - 8)
  const last = Math.min(rows.length, Math.ceil((window_.top + window_.height) / rowHeight) + 8)
  useEffect(() => { if (last >= rows.length - 20) more() }, [last, rows.length])
  useEffect(() => {
    const element = box.current!
    const top = at * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + 2 * rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + 2 * rowHeight - element.clientHeight
  }, [at])
  return (
    <div className="table-box" ref={box} tabIndex={0} role="region" aria-label="Runs, newest first">
      <table className="table" aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <thead><tr>
          <th scope="col" className="c-check"><span className="hidden-text">Chosen</span></th><th scope="col" className="c-id">Run</th><th scope="col">Name</th>
          <th scope="col" className="c-state">State</th><th scope="col" className="c-stage">Stage</th><th scope="col" className="c-flow">Workflow</th>
          <th scope="col" className="c-who">Requester</th><th scope="col" className="c-when">Updated</th>
        </tr></thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true"><td colSpan={8} ref={(cell) => { if (cell) cell.style.height = `${first * rowHeight}px` }} /></tr>}
          {rows.slice(first, last).map((run, i) => (
            <tr key={run.id} aria-rowindex={first + i + 2} data-at={first + i === at || undefined} aria-selected={chosen.has(run.id)}
                onClick={(e) => { setAt(first + i); if (!(e.target as HTMLElement).closest('a, input, label')) void navigate({to: '/runs/$id', params: {id: String(run.id)}}) }}>
              <td className="c-check"><label className="hit"><input type="checkbox" checked={chosen.has(run.id)} onChange={() => toggle(run.id)} aria-label={`Choose run ${run.id}`} /></label></td>
              <td className="c-id faint">#{run.id}</td>
              <td className="c-name"><RunLinkName run={run} /></td>
              <td className="c-state"><StateChip workflow={run.workflow} state={run.state} /></td>
              <td className="c-stage">{run.stage ?? <span className="faint">{words(run.status)}</span>}</td>
              <td className="c-flow">{run.workflow}</td>
              <td className="c-who"><Person id={run.requester} /></td>
              <td className="c-when"><Ago time={run.updated_at} /></td>
            </tr>
          ))}
          {last < rows.length && <tr aria-hidden="true"><td colSpan={8} ref={(cell) => { if (cell) cell.style.height = `${(rows.length - last) * rowHeight}px` }} /></tr>}
        </tbody>
      </table>
      <p className="table-end meta" role="status">{hasMore ? 'More are read…' : `${rows.length} runs`}</p>
    </div>
  )
}

function RunLinkName({run}: {run: RunSummary}) {
  return <Link to="/runs/$id" params={{id: String(run.id)}} title={run.name}>{run.name}</Link>
}

function BulkDialog({choice, runs, known, onClose, onDone}:
  {choice: 'approve' | 'reject'; runs: number[]; known: RunSummary[]; onClose: () => void; onDone: () => void}) {
  const queries = useQueryClient()
  const [comment, setComment] = useState('')
  const [missing, miss] = useState(false)
  const vote = useMutation({
    mutationFn: () => take(api.POST('/api/v1/votes', {body: {votes: runs.map((run) => ({
      run, choice, comment: comment || undefined, expected_state: known.find((r) => r.id === run)?.state}))}})),
    onSettled: () => { for (const key of ['run', 'runs', 'inbox']) void queries.invalidateQueries({queryKey: [key]}) },
    onSuccess: onDone,
  })
  const nameOf = (id: number) => known.find((run) => run.id === id)?.name
  const submit = () => { if (choice === 'reject' && !comment.trim()) miss(true); else vote.mutate() }
  return (
    <Dialog title={`${choice === 'approve' ? 'Approve' : 'Reject'} ${runs.length} runs`} onClose={onClose}>
      <form onSubmit={(e) => { e.preventDefault(); submit() }}>
        <div className="dialog-body">
          {vote.error && <Failure error={vote.error} what="The votes" />}
          {vote.data ? <Results answer={vote.data} nameOf={nameOf} /> : (
            <>
              <p>Each is a vote of its own: one that is refused does not touch the others.</p>
              <ul className="plain bulk-list">{runs.map((id) => <li key={id}>#{id} {nameOf(id)}</li>)}</ul>
              <Field label="Comment" must={choice === 'reject'} problem={missing && !comment.trim() ? 'Say why: the people behind these runs read it.' : undefined}>
                <textarea rows={3} maxLength={4096} autoFocus value={comment} onChange={(e) => setComment(e.target.value)} />
              </Field>
            </>
          )}
        </div>
        <footer>
          <Button key={vote.data ? 'close' : 'back'} autoFocus={vote.data !== undefined} onPress={onClose}>{vote.data ? 'Close' : 'Back'}</Button>
          {!vote.data && <Button type="submit" kind={choice === 'approve' ? 'primary' : 'danger'} isDisabled={vote.isPending}>{choice === 'approve' ? 'Approve' : 'Reject'}</Button>}
        </footer>
      </form>
    </Dialog>
  )
}

function Results({answer, nameOf}: {answer: BulkAnswer; nameOf: (id: number) => string | undefined}) {
  const good = answer.results.filter((result) => result.result)
  const bad = answer.results.filter((result) => result.problem)
  return (
    <>
      {good.length > 0 && <Banner kind="good" title={`${good.length} taken`} />}
      {bad.length > 0 && <Banner kind="warning" title={`${bad.length} refused`} />}
      <ul className="plain bulk-list">{answer.results.map((result) => (
        <li key={result.run}><RunLink id={result.run} name={nameOf(result.run)} />{' '}
          {result.result ? <StatusText status={result.result.status} /> : <span className="problem">{result.problem?.detail}</span>}</li>
      ))}</ul>
    </>
  )
}

function Export({filters}: {filters: RunFilters}) {
  const [read, setRead] = useState<number | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const save = async () => {
    setError(null)
    setRead(0)
    try {
      const rows: RunSummary[] = []
      for (let cursor: string | null = ''; cursor !== null && rows.length < mostRows;) {
        const page: {items: RunSummary[]; next_cursor: string | null} = await take(api.GET('/api/v1/runs', {params: {query: {...filters, limit: 200, cursor: cursor || undefined}}}))
        rows.push(...page.items)
        cursor = page.next_cursor
        setRead(rows.length)
      }
      const text = csv(['id', 'name', 'workflow', 'state', 'status', 'stage', 'requester', 'created_at', 'updated_at'],
        rows.map((r) => [r.id, r.name, r.workflow, r.state, r.status, r.stage, r.requester, r.created_at, r.updated_at]))
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([text], {type: 'text/csv'}))
      link.download = 'runs.csv'
      document.body.append(link)
      link.click()
      link.remove()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    } catch (problem) { setError(problem as Error) }
    setRead(null)
  }
  return <>{error && <Failure error={error} what="The file" />}<Button kind="quiet" isDisabled={read !== null} onPress={() => void save()}>{read === null ? 'CSV' : `${read} read…`}</Button></>
}
