// The tries of a run's actions and what they write, while they write it.
import {useEffect, useRef, useState} from 'react'
import type {Attempt, Run} from '../api/client'
import {actor} from '../api/identity'
import {Look, piecesOf, type Piece} from '../lib/ansi'
import {duration} from '../lib/time'
import {Ago, Button, Chip, Due, useNow} from '../parts/basics'
import {words} from '../parts/state'

const looks: Record<string, {color: string; icon: string}> = {
  planned: {color: 'gray', icon: 'clock'}, started: {color: 'yellow', icon: 'play'}, succeeded: {color: 'green', icon: 'check'},
  failed: {color: 'red', icon: 'cross'}, timed_out: {color: 'orange', icon: 'clock'}, cancelled: {color: 'gray', icon: 'cross'},
  unknown: {color: 'orange', icon: 'warning'},
}
const maxLines = 5000

interface Lines { lines: Piece[][]; left: number; state: 'reading' | 'following' | 'complete' | 'cut off' }

// Reads the log from its beginning and stays while it grows; goes on at its offset when cut off.
function useLog(run: number, attempt: number): Lines {
  const [shown, show] = useState<Lines>({lines: [], left: 0, state: 'reading'})
  useEffect(() => {
    const over = new AbortController()
    const look = new Look()
    let lines: Piece[][] = []
    let left = 0, offset = 0, rest = ''
    const decoder = new TextDecoder()
    let timer = 0
    const paint = (state: Lines['state']) => {
      window.clearTimeout(timer)
      timer = window.setTimeout(() => {
        const open = rest ? [piecesOf(rest, Object.assign(new Look(), {colour: look.colour, styles: new Set(look.styles)}))] : []
        show({lines: [...lines, ...open], left, state})
      }, 50)
    }
    const take = (bytes: Uint8Array) => {
      offset += bytes.length
      rest += decoder.decode(bytes, {stream: true})
      const complete = rest.split('\n')
      rest = complete.pop()!
      for (const line of complete) lines.push(piecesOf(line, look))
      if (lines.length > maxLines) { left += lines.length - maxLines; lines = lines.slice(-maxLines) }
    }
    void (async () => {
      while (!over.signal.aborted) {
        try {
          const response = await fetch(`/api/v1/runs/${run}/attempts/${attempt}/log?follow=true&offset=${offset}`,
            {signal: over.signal, headers: actor() ? {'X-Gatewright-Actor': actor()} : {}})
          if (!response.ok || !response.body) throw new Error(String(response.status))
          paint('following')
          const reader = response.body.getReader()
          for (;;) {
            const {done, value} = await reader.read()
            if (done) { paint('complete'); return }
            take(value)
            paint('following')
          }
        } catch {
          if (over.signal.aborted) return
          paint('cut off')
          await new Promise((resolve) => setTimeout(resolve, 2000))
        }
      }
    })()
    return () => { over.abort(); window.clearTimeout(timer) }
  }, [run, attempt])
  return shown
}

function Log({run, attempt}: {run: number; attempt: Attempt}) {
  const log = useLog(run, attempt.number)
  const box = useRef<HTMLPreElement>(null)
  const [isFollowing, follow] = useState(true)
  useEffect(() => { if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight }, [log, isFollowing])
  return (
    <div className="log">
      <div className="log-bar">
        <span className="meta" role="status">{log.state === 'following' ? 'live' : log.state}</span>
        <label className="check"><input type="checkbox" checked={isFollowing} onChange={(e) => follow(e.target.checked)} /> follow the end</label>
        <a href={`/api/v1/runs/${run}/attempts/${attempt.number}/log?download=true`} download>Download</a>
      </div>
      <pre ref={box} tabIndex={0} aria-label={`What attempt ${attempt.number} wrote`}>
        {log.left > 0 && <span className="faint">({log.left} lines before; download has them all)</span>}
        {log.lines.length === 0 && log.state !== 'reading' && <span className="faint">It wrote nothing{log.state === 'complete' ? '.' : ' so far.'}</span>}
        {log.lines.map((line, i) => (
          <span className="log-line" key={log.left + i}>{line.map((piece, j) => <span key={j} className={piece.look}>{piece.text}</span>)}{'\n'}</span>
        ))}
      </pre>
    </div>
  )
}

function AttemptItem({run, attempt, isOpen}: {run: number; attempt: Attempt; isOpen: boolean}) {
  const [isShown, show] = useState(isOpen)
  const now = useNow()
  const took = attempt.started_at ? ((attempt.ended_at ? Date.parse(attempt.ended_at) : now) - Date.parse(attempt.started_at)) / 1000 : null
  return (
    <li className="attempt">
      <div className="attempt-head">
        <b>Attempt {attempt.number}</b><span className="faint">{attempt.stage}</span>
        <Chip color={looks[attempt.state]?.color} icon={looks[attempt.state]?.icon}>{words(attempt.state)}</Chip>
        {attempt.failure && <span className="meta">{attempt.failure === 'transient' ? 'another try may help' : 'for good'}</span>}
        {attempt.is_handed_over && <Chip icon="flow">goes on outside</Chip>}
        <span className="meta push">
          {attempt.started_at ? <><span>started <Ago time={attempt.started_at} />{took !== null && `, took ${duration(took)}`}</span></> : <Due time={attempt.not_before} label="starts" />}
          {attempt.deadline && !attempt.ended_at && <> <Due time={attempt.deadline} label="is stopped" /></>}
        </span>
      </div>
      {attempt.progress && (
        <div className="progress">
          <progress max={100} value={attempt.progress.percent ?? undefined} aria-label="How far it is" />
          <span>{attempt.progress.percent !== null && `${attempt.progress.percent} % `}{attempt.progress.text}</span>
        </div>
      )}
      {attempt.summary && <p>{attempt.summary}</p>}
      {attempt.outputs && Object.keys(attempt.outputs).length > 0 && <details><summary>Outputs</summary><pre>{JSON.stringify(attempt.outputs, null, 2)}</pre></details>}
      {attempt.started_at && <Button kind="quiet" aria-expanded={isShown} onPress={() => show(!isShown)}>{isShown ? 'Hide the log' : 'Show the log'}</Button>}
      {isShown && attempt.started_at && <Log run={run} attempt={attempt} />}
    </li>
  )
}

export function Attempts({run}: {run: Run}) {
  if (run.attempts.length === 0) return <p className="faint">No action was tried so far.</p>
  const attempts = [...run.attempts].reverse()
  return <ul className="plain attempts">{attempts.map((attempt, i) => <AttemptItem key={attempt.number} run={run.id} attempt={attempt} isOpen={i === 0} />)}</ul>
}
