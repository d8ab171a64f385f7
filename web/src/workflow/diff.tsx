// What is different between two texts, with three lines around each change.
import {useMemo} from 'react'
import {diffLines} from '../lib/diff'

export function Diff({before, after}: {before: string; after: string}) {
  const lines = useMemo(() => diffLines(before, after), [before, after])
  const isNear = (i: number) => lines.slice(Math.max(0, i - 3), i + 4).some((line) => line.kind !== 'same')
  if (lines.every((line) => line.kind === 'same')) return <p className="faint">Nothing changed.</p>
  return (
    <pre className="source diff" tabIndex={0} aria-label="What changed">{lines.map((line, i) => isNear(i)
      ? <span key={i} className="source-line" data-kind={line.kind}>{{same: '  ', added: '+ ', removed: '- '}[line.kind]}{line.text}{'\n'}</span>
      : isNear(i - 1) ? <span key={i} className="source-line y-comment">  ⋯{'\n'}</span> : null)}</pre>
  )
}
