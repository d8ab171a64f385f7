// What the server is made of and how it is: plugins, notifications sent, health.
import {useInfiniteQuery, useMutation, useQuery, useQueryClient} from '@tanstack/react-query'
import {useNavigate, useSearch} from '@tanstack/react-router'
import {api, take} from '../api/client'
import {deliveriesQuery, healthQuery, pluginsQuery} from '../api/queries'
import {Ago, Banner, Button, Card, Chip, Curl, Empty, Failure, Shown, Skeleton} from '../parts/basics'
import {RunLink} from '../parts/links'

const kindIcons: Record<string, string> = {approver: 'users', policy: 'shield', executor: 'play', notifier: 'mail'}

export function PluginsScreen() {
  const plugins = useQuery(pluginsQuery)
  return (
    <div className="narrow"><h1>Plugins</h1>
      <Shown query={plugins} what="the plugins">{(list) => list.length === 0
        ? <Empty title="No plugin is loaded"><p>Plugins decide who may vote, act, and tell people. Without any, no workflow can be used.</p><Curl>gatewright plugin list</Curl></Empty>
        : <ul className="plain cards">{list.map((plugin) => (
            <li key={plugin.file} className="card padded">
              <div className="run-title"><h2>{plugin.name}</h2>{plugin.version && <Chip>{plugin.version}</Chip>}
                <Chip color={plugin.health === 'ok' ? 'green' : 'red'} icon={plugin.health === 'ok' ? 'check' : 'warning'}>{plugin.health}</Chip>
                <Chip icon={plugin.isolation === 'process' ? 'lock' : 'plug'}>{plugin.isolation === 'process' ? 'in a process of its own' : 'in the server'}</Chip></div>
              {plugin.problem && <Banner kind="danger">{plugin.problem}</Banner>}
              <ul className="plain">{plugin.offers.map((offer) => <li key={`${offer.kind} ${offer.name}`} className="line"><Chip icon={kindIcons[offer.kind]}>{offer.kind}</Chip><code>{offer.name}</code><span className="faint">{offer.summary}</span></li>)}</ul>
              <div className="meta"><span>ABI {plugin.abi ?? 'unknown'}</span>{plugin.sha256 && <code title={`SHA-256 ${plugin.sha256}`}>{plugin.sha256.slice(0, 12)}</code>}<span className="break">{plugin.file}</span></div>
            </li>
          ))}</ul>}</Shown>
    </div>
  )
}

const deliveryLooks: Record<string, {color: string; icon: string}> = {
  pending: {color: 'yellow', icon: 'clock'}, delivered: {color: 'green', icon: 'check'}, failed: {color: 'red', icon: 'warning'},
  disabled: {color: 'orange', icon: 'stop'}, dropped: {color: 'gray', icon: 'skip'},
}

export function DeliveriesScreen() {
  const {state = ''} = useSearch({strict: false}) as {state?: string}
  const navigate = useNavigate()
  const queries = useQueryClient()
  const query = useInfiniteQuery(deliveriesQuery(state))
  const again = useMutation({
    mutationFn: (id: number) => take(api.POST('/api/v1/deliveries/{id}/replay', {params: {path: {id}}})),
    onSettled: () => void queries.invalidateQueries({queryKey: ['deliveries']}),
  })
  const list = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="narrow">
      <header className="screen-header"><h1>Notifications</h1>
        <nav className="views" aria-label="Views">{['', 'pending', 'failed', 'disabled', 'delivered'].map((s) => (
          <button key={s} type="button" aria-current={s === state ? 'true' : undefined} onClick={() => void navigate({to: '/deliveries', search: {state: s || undefined}})}>{s || 'all'}</button>
        ))}</nav></header>
      {again.error && <Failure error={again.error} what="The notification" />}
      {query.error && <Failure error={query.error} what="The notifications" retry={() => void query.refetch()} />}
      {!query.data ? !query.error && <Skeleton what="the notifications" /> : list.length === 0
        ? state ? <Empty title="None is like that" action={<Button onPress={() => void navigate({to: '/deliveries', search: {}})}>Show all</Button>}>No notification is {state}.</Empty>
          : <Empty title="Nobody was told anything so far"><p>Workflows say who is told of what. What became of each message is shown here.</p><Curl>{`curl ${location.origin}/api/v1/deliveries`}</Curl></Empty>
        : <div className="table-wrap" tabIndex={0} role="region" aria-label="Notifications, newest first"><table className="table small"><thead><tr><th scope="col">What</th><th scope="col">Run</th><th scope="col">By</th><th scope="col">State</th><th scope="col">Tries</th><th scope="col">Updated</th><th scope="col"><span className="hidden-text">Again</span></th></tr></thead>
            <tbody>{list.map((d) => (
              <tr key={d.id}><td><code>{d.type}</code>{d.recipient && <span className="meta"> to {d.recipient}</span>}</td><td><RunLink id={d.run_id} /></td><td>{d.notifier}</td>
                <td><Chip color={deliveryLooks[d.state]?.color} icon={deliveryLooks[d.state]?.icon}>{d.state}</Chip>{d.last_error && <div className="meta break">{d.last_error}</div>}</td>
                <td>{d.tries}</td><td><Ago time={d.updated_at} />{d.next_try_at && <div className="meta">again <Ago time={d.next_try_at} /></div>}</td>
                <td>{d.state !== 'pending' && <Button kind="quiet" icon="retry" onPress={() => again.mutate(d.id)}>Send again</Button>}</td></tr>
            ))}</tbody></table></div>}
      {query.hasNextPage && <Button kind="quiet" onPress={() => void query.fetchNextPage()}>More</Button>}
    </div>
  )
}

export function SystemScreen() {
  const health = useQuery(healthQuery)
  return (
    <div className="narrow"><h1>System</h1>
      <Shown query={health} what="how the server is">{(data) => (
        <>
          {data.warnings.map((warning) => <Banner key={warning} kind="warning">{warning}</Banner>)}
          <Card id="checks" title="Checks" aside={<Chip color={data.status === 'ok' ? 'green' : 'orange'} icon={data.status === 'ok' ? 'check' : 'warning'}>{data.status}</Chip>}>
            <ul className="plain">{(data.checks ?? []).map((check) => <li key={check.name} className="line"><Chip color={check.status === 'ok' ? 'green' : 'red'} icon={check.status === 'ok' ? 'check' : 'warning'}>{check.status}</Chip><b>{check.name}</b><span className="faint">{check.detail}</span></li>)}</ul>
          </Card>
          <Card id="versions" title="What it is">
            <dl className="pairs">
              <div><dt>Gatewright</dt><dd>{data.version}</dd></div>
              <div><dt>This page</dt><dd>{__VERSION__}</dd></div>
              <div><dt>Database</dt><dd>{data.database.backend} {data.database.version}, schema {data.database.schema}</dd></div>
              <div><dt>Log</dt><dd>{data.database.head} entries</dd></div>
              <div><dt>Plugins</dt><dd>{data.plugins.loaded} loaded, {data.plugins.broken.length} broken</dd></div>
              <div><dt>Authentication</dt><dd>{data.auth}</dd></div>
              {Object.entries(data.workflows).map(([name, revision]) => <div key={name}><dt>{name}</dt><dd>revision {String(revision)}</dd></div>)}
            </dl>
          </Card>
          <p className="meta"><a href="/docs">The API</a><a href="/metrics">Metrics</a><a href="/docs/problems">What problems mean</a></p>
        </>
      )}</Shown>
    </div>
  )
}
