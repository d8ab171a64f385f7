// The page begins here: what is read, where one can go, and the one stream that keeps it live.
import {QueryCache, QueryClient, QueryClientProvider} from '@tanstack/react-query'
import {createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, RouterProvider, type ErrorComponentProps} from '@tanstack/react-router'
import {createRoot} from 'react-dom/client'

import {NoAnswer, Refused} from './api/client'
import {startLive} from './live/live'
import {Banner, Button, Empty} from './parts/basics'
import {startPrefixes} from './parts/keys'
import {Door} from './parts/login'
import {applyTheme, Shell} from './parts/shell'
import {InboxScreen} from './screens/inbox'
import './styles/base.css'
import './styles/parts.css'
import './styles/screens.css'

// The session has ended while the page was open: it asks who is there.
const queryCache = new QueryCache({onError: (error, query) => {
  if (error instanceof Refused && error.problem.status === 401 && query.queryKey[0] !== 'me') void queries.resetQueries({queryKey: ['me']})
}})
const queries: QueryClient = new QueryClient({queryCache, defaultOptions: {queries: {
  staleTime: 5_000,
  retry: (failures, error) => failures < 2 && (error instanceof NoAnswer || (error instanceof Refused && error.problem.status === 503)),
}}})

const text = (value: unknown) => typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
const texts = (...names: string[]) => (search: Record<string, unknown>): Record<string, string | undefined> =>
  Object.fromEntries(names.map((name) => [name, text(search[name])]).filter(([, value]) => value))

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => <div className="narrow"><h1>Not found</h1><Empty title="There is no such screen"><Link to="/">To the inbox</Link></Empty></div>,
})
const at = <Path extends string>(path: Path) => ({getParentRoute: () => root, path})
const routes = [
  createRoute({...at('/'), component: InboxScreen, validateSearch: (search): {run?: number} => {
    const run = Number(search.run)
    return Number.isSafeInteger(run) && run > 0 ? {run} : {}
  }}),
  createRoute({...at('/runs'), component: lazyRouteComponent(() => import('./screens/runs'), 'RunsScreen'),
               validateSearch: texts('workflow', 'state', 'status', 'stage', 'requester', 'q')}),
  createRoute({...at('/runs/$id'), component: lazyRouteComponent(() => import('./screens/run'), 'RunScreen')}),
  createRoute({...at('/new'), component: lazyRouteComponent(() => import('./screens/new'), 'NewScreen'), validateSearch: texts('workflow')}),
  createRoute({...at('/workflows'), component: lazyRouteComponent(() => import('./screens/workflows'), 'WorkflowsScreen'), validateSearch: texts('write')}),
  createRoute({...at('/workflows/$name'), component: lazyRouteComponent(() => import('./screens/workflows'), 'WorkflowScreen')}),
  createRoute({...at('/locks'), component: lazyRouteComponent(() => import('./screens/site'), 'LocksScreen'), validateSearch: texts('key')}),
  createRoute({...at('/calendars'), component: lazyRouteComponent(() => import('./screens/site'), 'CalendarsScreen')}),
  createRoute({...at('/plugins'), component: lazyRouteComponent(() => import('./screens/machinery'), 'PluginsScreen')}),
  createRoute({...at('/deliveries'), component: lazyRouteComponent(() => import('./screens/machinery'), 'DeliveriesScreen'), validateSearch: texts('state')}),
  createRoute({...at('/numbers'), component: lazyRouteComponent(() => import('./screens/numbers'), 'NumbersScreen'), validateSearch: texts('workflow', 'days')}),
  createRoute({...at('/system'), component: lazyRouteComponent(() => import('./screens/machinery'), 'SystemScreen')}),
] as const

function Broken({error}: ErrorComponentProps) {
  return (
    <Banner kind="danger" title="This screen cannot be shown" actions={<Button onPress={() => location.reload()}>Reload</Button>}>
      {(error as Error).message}. After an update of the server the page has to be loaded again.
    </Banner>
  )
}

const plain = (search: Record<string, unknown>) => {
  const query = new URLSearchParams(Object.entries(search).flatMap(([key, value]) => value === undefined || value === '' ? [] : [[key, String(value)]])).toString()
  return query ? `?${query}` : ''
}

const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultErrorComponent: Broken,
  defaultPreload: 'intent',
  parseSearch: (query) => Object.fromEntries(new URLSearchParams(query)),
  stringifySearch: plain,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register { router: typeof router }
}

applyTheme()
startLive(queries)
startPrefixes()
createRoot(document.getElementById('page')!).render(
  <QueryClientProvider client={queries}>
    <Door><RouterProvider router={router} /></Door>
  </QueryClientProvider>)
