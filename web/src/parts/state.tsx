// A run's state in its workflow's own words and colours; what is not listed gets a neutral look.
import {useQuery} from '@tanstack/react-query'
import {workflowsQuery} from '../api/queries'
import {Chip} from './basics'

const statusLooks: Record<string, {color: string; icon: string}> = {
  waiting: {color: 'gray', icon: 'clock'}, executing: {color: 'yellow', icon: 'play'},
  needs_attention: {color: 'orange', icon: 'warning'}, succeeded: {color: 'green', icon: 'check'},
  rejected: {color: 'red', icon: 'cross'}, expired: {color: 'orange', icon: 'clock'},
  cancelled: {color: 'gray', icon: 'cross'}, failed: {color: 'red', icon: 'warning'},
  blocked: {color: 'orange', icon: 'lock'}, superseded: {color: 'gray', icon: 'skip'},
  rolled_back: {color: 'purple', icon: 'retry'}, stale: {color: 'orange', icon: 'warning'},
}

export const neutralLook = (state: string) => statusLooks[state.split(' ')[0]!]?.color ?? 'gray'
export const words = (name: string) => name.replaceAll('_', ' ')

export function StateChip({workflow, state}: {workflow: string; state: string}) {
  const {data} = useQuery(workflowsQuery)
  const look = data?.find((known) => known.name === workflow)?.states.find((known) => known.state === state)
  const neutral = statusLooks[state]
  return (
    <Chip color={look?.color ?? neutral?.color} icon={look?.icon ?? neutral?.icon ?? 'circle'} title={state}>
      {look?.label ?? words(state)}
    </Chip>
  )
}

export function StatusText({status}: {status: string}) {
  return <Chip color={statusLooks[status]?.color} icon={statusLooks[status]?.icon}>{words(status)}</Chip>
}
