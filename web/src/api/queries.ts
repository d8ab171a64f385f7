// What the screens read. The first word of a key says what live/live.ts reads again.
import {infiniteQueryOptions, queryOptions} from '@tanstack/react-query'
import {setProven} from './identity'
import {api, take, type Graph, type Numbers, type Workflow, type WorkflowSummary} from './client'

export type {Numbers} from './client'

export interface RunFilters {
  workflow?: string; state?: string; status?: string; stage?: string; requester?: string; q?: string; waiting_on?: 'me'
}

export const inboxQuery = infiniteQueryOptions({
  queryKey: ['inbox'],
  queryFn: ({pageParam}) => take(api.GET('/api/v1/inbox', {params: {query: {limit: 100, cursor: pageParam || undefined}}})),
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: 30_000,
})

// Who the server takes this page for. 401: for nobody.
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    const me = await take(api.GET('/api/v1/auth/me'))
    setProven(me.method !== 'development')
    return me
  },
  staleTime: 60_000,
  refetchInterval: 300_000,
})

export const runsQuery = (filters: RunFilters) => infiniteQueryOptions({
  queryKey: ['runs', filters],
  queryFn: ({pageParam}) =>
    take(api.GET('/api/v1/runs', {params: {query: {...filters, limit: 200, cursor: pageParam || undefined}}})),
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor,
})

export const runQuery = (id: number) => queryOptions({
  queryKey: ['run', id, 'run'],
  queryFn: () => take(api.GET('/api/v1/runs/{id}', {params: {path: {id}}})),
})

export const explainQuery = (id: number) => queryOptions({
  queryKey: ['run', id, 'explain'],
  queryFn: () => take(api.GET('/api/v1/runs/{id}/explain', {params: {path: {id}}})),
  refetchInterval: 60_000,
})

export const historyQuery = (id: number) => queryOptions({
  queryKey: ['run', id, 'history'],
  queryFn: () => take(api.GET('/api/v1/runs/{id}/history', {params: {path: {id}}})),
})

// The run of the same workflow that succeeded last, to compare subjects with.
export const lastDoneQuery = (workflow: string, id: number) => queryOptions({
  queryKey: ['last', workflow, id],
  queryFn: async () => {
    const page = await take(api.GET('/api/v1/runs', {params: {query: {workflow, status: 'succeeded', limit: 5}}}))
    const last = page.items.find((run) => run.id < id)
    return last ? take(api.GET('/api/v1/runs/{id}', {params: {path: {id: last.id}}})) : null
  },
  staleTime: 60_000,
})

export const workflowsQuery = queryOptions({
  queryKey: ['workflows'],
  queryFn: async () => (await take(api.GET('/api/v1/workflows'))).items as WorkflowSummary[],
  staleTime: 60_000,
})

export const workflowQuery = (name: string) => queryOptions({
  queryKey: ['workflows', name],
  queryFn: () => take<Workflow>(api.GET('/api/v1/workflows/{name}', {params: {path: {name}}}) as never),
})

export const revisionsQuery = (name: string) => queryOptions({
  queryKey: ['workflows', name, 'revisions'],
  queryFn: async () => (await take(api.GET('/api/v1/workflows/{name}/revisions', {params: {path: {name}}}))).items,
})

export const graphQuery = (name: string) => queryOptions({
  queryKey: ['workflows', name, 'graph'],
  queryFn: () => take<Graph>(api.GET('/api/v1/workflows/{name}/graph', {params: {path: {name}, query: {format: 'json'}}}) as never),
})

export const locksQuery = queryOptions({
  queryKey: ['locks'], queryFn: async () => (await take(api.GET('/api/v1/locks'))).items,
})
export const lockQuery = (key: string) => queryOptions({
  queryKey: ['locks', key], queryFn: () => take(api.GET('/api/v1/locks/{key}', {params: {path: {key}}})),
})
export const stopsQuery = queryOptions({
  queryKey: ['site', 'stops'], queryFn: async () => (await take(api.GET('/api/v1/stop'))).items,
})
export const calendarsQuery = queryOptions({
  queryKey: ['site', 'calendars'], queryFn: async () => (await take(api.GET('/api/v1/calendars'))).items,
  refetchInterval: 60_000,
})
export const pluginsQuery = queryOptions({
  queryKey: ['plugins'], queryFn: async () => (await take(api.GET('/api/v1/plugins'))).items,
})
export const deliveriesQuery = (state: string) => infiniteQueryOptions({
  queryKey: ['deliveries', state],
  queryFn: ({pageParam}) => take(api.GET('/api/v1/deliveries', {
    params: {query: {state: (state || undefined) as 'failed' | undefined, limit: 100, cursor: pageParam || undefined}}})),
  initialPageParam: '',
  getNextPageParam: (page) => page.next_cursor,
  refetchInterval: 15_000,
})
// Asked again at once while the server has not read all of its log.
export const numbersQuery = (workflow: string, days: string) => queryOptions({
  queryKey: ['numbers', workflow, days],
  queryFn: () => {
    const since = new Date(Date.now() - (Number(days) || 30) * 86_400_000).toISOString().slice(0, 10)
    return take<Numbers>(api.GET('/api/v1/numbers', {params: {query: {workflow: workflow || undefined, since}}}))
  },
  placeholderData: (before) => before,
  refetchInterval: (query) => query.state.data && !query.state.data.read.complete ? 300 : 60_000,
})
// Whether the server's page is this one: its document names its script, whose name changes with what is
// in it. Asked again when the stream of events was cut off, which an update of the server does.
export const pageQuery = queryOptions({
  queryKey: ['page'],
  queryFn: async () => {
    const answer = await fetch('/', {headers: {Accept: 'text/html'}})
    return !answer.ok || (await answer.text()).includes(new URL(import.meta.url).pathname)
  },
  enabled: __VERSION__ !== 'dev', retry: false, staleTime: 0, refetchInterval: 300_000,
})
export const healthQuery = queryOptions({
  queryKey: ['health'], queryFn: () => take(api.GET('/health')), refetchInterval: 30_000,
})
