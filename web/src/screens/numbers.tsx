// Numbers: how long requests take, what they wait for, how often they go wrong. All are counted by the
// server; docs/numbers.md says how.
import {useQuery} from '@tanstack/react-query'
import {useNavigate, useSearch} from '@tanstack/react-router'
import {lazy, Suspense, useMemo, type ReactNode} from 'react'
import {numbersQuery, workflowsQuery, type Numbers} from '../api/queries'
import {duration} from '../lib/time'
import {Ago, Banner, Button, Card, Curl, Empty, Shown, Skeleton} from '../parts/basics'
import type {ChartProps} from '../parts/chart'
import {words} from '../parts/state'

const LazyChart = lazy(() => import('../parts/chart'))
const Chart = (props: ChartProps) => <Suspense fallback={<Skeleton what="the chart" rows={3} />}><LazyChart {...props} /></Suspense>

const windows: [string, string][] = [['7', '7 days'], ['30', '30 days'], ['90', '90 days'], ['365', 'a year']]

const share = (value: number | null) => value === null ? 'nothing yet' : `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`
const spread = (value: number | null) => value === null ? 'nothing yet' : value < 1 ? 'under 1 s' : duration(value)
const day = (time: string) => new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', timeZone: 'UTC'}).format(new Date(time))

export function NumbersScreen() {
  const {workflow = '', days = '30'} = useSearch({strict: false}) as {workflow?: string; days?: string}
  const navigate = useNavigate()
  const {data: workflows} = useQuery(workflowsQuery)
  const numbers = useQuery(numbersQuery(workflow, days))
  const set = (next: {workflow?: string; days?: string}) => void navigate({to: '/numbers', search: {workflow: workflow || undefined, days, ...next} as Record<string, string>, replace: true})
  return (
    <div className="narrow numbers">
      <header className="screen-header"><h1>Numbers</h1>
        <nav className="views" aria-label="Time">{windows.map(([value, name]) => <button key={value} type="button" aria-current={value === days ? 'true' : undefined} onClick={() => set({days: value})}>{name}</button>)}</nav></header>
      <div className="filters"><label><span className="hidden-text">Workflow</span>
        <select value={workflow} onChange={(e) => set({workflow: e.target.value || undefined})}><option value="">All workflows</option>{workflows?.map((w) => <option key={w.name}>{w.name}</option>)}</select></label></div>
      <Shown query={numbers} what="the numbers">{(data) => <>
        {!data.read.complete && <Banner kind="info" title="The log is being read">{data.read.position} of {data.read.head} entries so far; the numbers grow until all are.</Banner>}
        {data.read.known_since && <Banner kind="info" title="Not all runs are counted"><Ago time={data.read.known_since} /> is as far back as the server remembers: there are too many runs.</Banner>}
        {data.runs.ended > 0 ? <Figures data={data} />
          : workflow ? <Empty title="No run of it has ended in this time" action={<Button onPress={() => set({workflow: undefined, days: '365'})}>All workflows, a year</Button>}>{data.runs.submitted} were submitted.</Empty>
          : <Empty title="No run has ended in this time" action={<Button kind="primary" icon="plus" onPress={() => void navigate({to: '/new'})}>New run</Button>}>
              <p>How long runs take and how often they go wrong is counted when they end. {data.runs.submitted} were submitted.</p>
              <Curl>{`curl '${location.origin}/api/v1/numbers'`}</Curl></Empty>}
      </>}</Shown>
    </div>
  )
}

function Figure({name, value, children}: {name: string; value: ReactNode; children: ReactNode}) {
  return <div className="figure"><dt>{name}</dt><dd><b>{value}</b><span className="meta">{children}</span></dd></div>
}

function Figures({data}: {data: Numbers}) {
  const {dora, gates, runs} = data
  const labels = useMemo(() => data.series.map((bucket) => day(bucket.from)), [data])
  const lines = useMemo(() => {
    const of = (name: 'succeeded' | 'rejected' | 'deployments' | 'failed_deployments' | 'ended' | 'lead_time_median_seconds') => data.series.map((bucket) => bucket[name])
    return {
      ended: [{name: 'Ended', color: 'gray', values: of('ended'), dash: [2, 3]}, {name: 'Succeeded', color: 'green', values: of('succeeded')}, {name: 'Rejected', color: 'red', values: of('rejected'), dash: [8, 4]}],
      lead: [{name: 'Median', color: 'blue', values: of('lead_time_median_seconds')}],
      deployments: [{name: 'Succeeded', color: 'green', values: of('deployments')}, {name: 'Failed', color: 'red', values: of('failed_deployments'), dash: [8, 4]}],
      stages: [{name: 'Waits for people', color: 'orange', values: data.stages.map((s) => s.people.mean_seconds)}, {name: 'Held back', color: 'gray', values: data.stages.map((s) => s.held.mean_seconds)},
        {name: 'Machines at work', color: 'blue', values: data.stages.map((s) => s.machine.mean_seconds)}],
    }
  }, [data])
  const several = new Set(data.stages.map((s) => s.workflow)).size > 1
  const stages = useMemo(() => data.stages.map((s) => several ? `${s.workflow}: ${s.stage}` : s.stage), [data])
  const each = data.bucket
  return (
    <>
      <Card id="dora" title="The four figures of DORA">
        <dl className="figures">
          <Figure name="Deployment frequency" value={`${dora.deployments_per_day.toFixed(dora.deployments_per_day < 1 ? 2 : 1)} a day`}>{dora.deployments} deployments succeeded</Figure>
          <Figure name="Lead time for changes" value={spread(dora.lead_time.median_seconds)}>median, from submission to success; 9 of 10 within {spread(dora.lead_time.p90_seconds)}</Figure>
          <Figure name="Change failure rate" value={share(dora.change_failure_rate)}>{dora.failed} of {dora.ended} deployments failed, needed repair or were rolled back</Figure>
          <Figure name="Time to restore" value={spread(dora.time_to_restore.median_seconds)}>median, until the next success there; {dora.not_restored} still open</Figure>
        </dl>
        <Chart title={`Deployments each ${each}`} labels={labels} lines={lines.deployments} kind="lines" unit="count" />
      </Card>
      <Card id="lead" title="Runs">
        <dl className="figures">
          <Figure name="Lead time" value={spread(runs.lead_time.median_seconds)}>median of {runs.lead_time.count} that succeeded; 9 of 10 within {spread(runs.lead_time.p90_seconds)}</Figure>
          <Figure name="Ended" value={runs.ended}>{Object.entries(runs.by_outcome).filter(([, n]) => n > 0).map(([name, n]) => `${n} ${words(name)}`).join(', ')}; {runs.submitted} submitted</Figure>
          <Figure name="Rejection share" value={share(gates.rejection_share)}>{gates.rejected} of {gates.approved + gates.rejected} decided gates</Figure>
          <Figure name="Approved by policy alone" value={share(gates.auto_approval_share)}>{gates.approved_by_policy} of {gates.approved} approved gates; {gates.overridden} overridden</Figure>
        </dl>
        <Chart title={`Runs that ended each ${each}`} labels={labels} lines={lines.ended} kind="lines" unit="count" />
        <Chart title={`Lead time each ${each}`} labels={labels} lines={lines.lead} kind="bars" unit="seconds" />
      </Card>
      <Card id="waits" title="What runs wait for">
        <Chart title="Mean time at each stage" labels={stages} lines={lines.stages} kind="stacked" unit="seconds" head="Stage" />
      </Card>
      <p className="meta">Days are those of UTC. <span>Counted over the runs that ended in this time.</span></p>
    </>
  )
}
