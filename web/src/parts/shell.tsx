// What is around every screen: where one can go, whether the page is live, who one acts as.
import {useInfiniteQuery, useQuery} from '@tanstack/react-query'
import {Link, Outlet, useNavigate, useRouterState} from '@tanstack/react-router'
import {lazy, Suspense, useEffect, useRef, useState} from 'react'
import {useActor} from '../api/identity'
import {healthQuery, inboxQuery, meQuery, pageQuery} from '../api/queries'
import {clock} from '../lib/time'
import {useLive} from '../live/live'
import {AccountDialog} from './account'
import {ActingDialog} from './acting'
import {Banner, Button} from './basics'
import {Icon} from './icons'
import {useKeys} from './keys'
import {places} from './places'
import {StopBanner} from './stops'

const Palette = lazy(() => import('./palette').then((m) => ({default: m.Palette})))
const Help = lazy(() => import('./palette').then((m) => ({default: m.Help})))

type Theme = 'light' | 'dark' | 'system'
const themeKey = 'gatewright.theme'
export function applyTheme(theme = (localStorage.getItem(themeKey) ?? 'system') as Theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
function nextTheme() {
  const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  localStorage.setItem(themeKey, isDark ? 'light' : 'dark')
  applyTheme()
}

// The number of what waits, in the title and in the icon.
function useCount(count: number, isMore: boolean, title: string) {
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}${isMore ? '+' : ''}) ` : ''}${title} · Gatewright`
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    const dot = count > 0 ? '<circle cx="24" cy="8" r="8" fill="#e03131"/>' : ''
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3b5bdb"/><path d="M8 24V12a8 8 0 0 1 16 0v12M16 8v16M8 16h16" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/>${dot}</svg>`
    if (icon) icon.href = `data:image/svg+xml,${encodeURIComponent(svg)}`
  }, [count, isMore, title])
}

function LiveMark() {
  const live = useLive()
  const word = live.state === 'live' ? 'Live' : live.state === 'connecting' ? 'Connecting' : `Reconnecting, data from ${clock(live.heard)}`
  return <span className="live" data-state={live.state} role="status"><span className="dot" aria-hidden="true" />{word}</span>
}

// The page and the server are of one build; after an update the page has to be loaded again.
function VersionBanner() {
  const health = useQuery(healthQuery)
  const {data: isMine} = useQuery(pageQuery)
  if (isMine !== false) return null
  return <Banner kind="info" title="The server has another page now" actions={<Button kind="primary" onPress={() => location.reload()}>Reload</Button>}>
    This one is of {__VERSION__}{health.data && health.data.version !== __VERSION__ && <>, the server is {health.data.version}</>}. What it shows or sends may not fit any more.</Banner>
}

export function Shell() {
  const navigate = useNavigate()
  const path = useRouterState({select: (state) => state.location.pathname})
  const claimed = useActor()
  const {data: me} = useQuery(meQuery)
  const isProven = me && me.method !== 'development'
  const who = isProven ? me.id : claimed.split(';')[0] || 'dev (everybody)'
  const inbox = useInfiniteQuery(inboxQuery)
  const [open, setOpen] = useState<'palette' | 'help' | 'acting' | null>(null)
  const [isNavOpen, openNav] = useState(false)
  const main = useRef<HTMLElement>(null)
  const count = inbox.data?.pages.reduce((sum, page) => sum + page.items.length, 0) ?? 0
  const place = [...places].reverse().find((p) => p.to === '/' ? path === '/' : path.startsWith(p.to))
  const isMore = inbox.hasNextPage
  useCount(count, isMore, path.startsWith('/runs/') ? `Run ${path.slice(6)}` : place?.name ?? 'Not found')
  useEffect(() => openNav(false), [path])
  const search = () => { void navigate({to: '/runs'}).then(() => setTimeout(() => document.getElementById('search')?.focus(), 50)) }
  useKeys({
    '?': () => setOpen('help'), '/': search,
    Escape: () => { if (/^\/(runs|workflows)\/./.test(path)) void navigate({to: path.startsWith('/runs') ? '/runs' : '/workflows'}) },
    ...Object.fromEntries(places.flatMap((p) => p.keys ? [[p.keys, () => void navigate({to: p.to})]] : [])),
  })
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); setOpen('palette') }
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
  const close = () => setOpen(null)
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus() }}>To the content</a>
      <header className="top">
        <Button kind="quiet" icon="menu" aria-label="Menu" aria-expanded={isNavOpen} onPress={() => openNav(!isNavOpen)} />
        <Link to="/" className="brand"><svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true"><rect width="32" height="32" rx="8" /><path d="M8 24V12a8 8 0 0 1 16 0v12M16 8v16M8 16h16" /></svg>Gatewright</Link>
        <Button kind="plain" icon="search" hint="Ctrl K" onPress={() => setOpen('palette')}>Go to…</Button>
        <span className="push" />
        <LiveMark />
        <Button kind="quiet" icon="sun" aria-label="Light or dark" onPress={nextTheme} />
        <Button kind="quiet" icon="user" onPress={() => setOpen('acting')}><span className="hidden-text">{isProven ? 'You are ' : 'Acting as '}</span>{who}</Button>
      </header>
      <nav className="side" aria-label="Screens" data-open={isNavOpen || undefined}>
        <ul className="plain">{places.map((p) => (
          <li key={p.to}><Link to={p.to} aria-current={place?.to === p.to ? 'page' : undefined}><Icon name={p.icon} /><span>{p.name}</span>
            {p.to === '/' && count > 0 && <span className="count" aria-label={`${count} waiting`}>{count}{isMore && '+'}</span>}</Link></li>
        ))}</ul>
        <p className="side-end"><a href="/docs">API</a><button type="button" className="link" onClick={() => setOpen('help')}>Keys</button></p>
      </nav>
      <main id="main" ref={main} tabIndex={0}>
        <VersionBanner />
        <StopBanner />
        <Outlet />
      </main>
      {open === 'acting' && (isProven ? <AccountDialog me={me} onClose={close} /> : <ActingDialog onClose={close} />)}
      <Suspense fallback={null}>
        {open === 'palette' && <Palette onClose={close} commands={[
          {id: 'acting', text: isProven ? 'Who you are, log out' : 'Act as somebody else', icon: 'user', act: () => setOpen('acting')},
          {id: 'theme', text: 'Light or dark', icon: 'moon', act: nextTheme},
          {id: 'help', text: 'Keys', icon: 'circle', hint: '?', act: () => setOpen('help')},
        ]} />}
        {open === 'help' && <Help onClose={close} />}
      </Suspense>
    </div>
  )
}
