// What is approved, its digest, and what is different from the run of this workflow that succeeded last.
import {useQuery} from '@tanstack/react-query'
import type {Run} from '../api/client'
import {lastDoneQuery} from '../api/queries'
import {values} from '../lib/diff'
import {Card, Chip} from '../parts/basics'
import {RunLink} from '../parts/links'

const words = {same: '', added: 'new', removed: 'gone', changed: 'changed'}
const colors = {same: 'gray', added: 'green', removed: 'red', changed: 'orange'}

const isLink = (text: string) => /^https?:\/\/[^\s]+$/.test(text)

export function Subject({run}: {run: Run}) {
  const last = useQuery(lastDoneQuery(run.workflow, run.id))
  const shown = values(run.subject, last.data?.subject)
  return (
    <Card id={`subject-${run.id}`} title="Subject"
          aside={<code title={`SHA-256 ${run.subject_digest}`}>{run.subject_digest.slice(0, 12)}</code>}>
      {shown.length === 0 ? <p className="faint">Nothing was given.</p> : (
        <dl className="pairs">{shown.map((value) => (
          <div key={value.path} data-kind={value.kind}>
            <dt>{value.path}</dt>
            <dd>
              {isLink(value.text) ? <a href={value.text} target="_blank" rel="noreferrer noopener">{value.text}</a> : <span>{value.text}</span>}
              {value.before !== undefined && <span className="before"><span className="hidden-text">before: </span>{value.before}</span>}
              {value.kind !== 'same' && <Chip color={colors[value.kind]}>{words[value.kind]}</Chip>}
            </dd>
          </div>
        ))}</dl>
      )}
      {last.data && <p className="meta">compared with <RunLink id={last.data.id} name={last.data.name} />, which succeeded last</p>}
    </Card>
  )
}
