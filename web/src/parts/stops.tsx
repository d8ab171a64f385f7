// Emergency stops, in words and on every screen.
import {useQuery} from '@tanstack/react-query'
import {Link} from '@tanstack/react-router'
import {stopsQuery} from '../api/queries'
import {Banner} from './basics'

export interface StopData { id: number; workflow: string | null; stage: string | null; labels: Record<string, string>; lock_key: string | null; reason: string; by: string; since: string; until: string | null }

export function whatItStops(stop: Pick<StopData, 'workflow' | 'stage' | 'labels' | 'lock_key'>): string {
  const parts = [
    stop.workflow && `workflow ${stop.workflow}`, stop.stage && `stage ${stop.stage}`, stop.lock_key && `lock ${stop.lock_key}`,
    ...Object.entries(stop.labels).map(([key, value]) => `${key}=${value}`),
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'everything'
}

// On every screen while a stop is in force.
export function StopBanner() {
  const {data} = useQuery(stopsQuery)
  if (!data || data.length === 0) return null
  return <Banner kind="danger" title={`Stopped: ${data.map(whatItStops).join('; ')}`} actions={<Link to="/calendars">Look</Link>}>{data[0]!.reason} ({data[0]!.by})</Banner>
}
