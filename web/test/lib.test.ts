// What the page computes by itself.
import {describe, expect, test} from 'vitest'
import {Look, piecesOf} from '../src/lib/ansi'
import {csv} from '../src/lib/csv'
import {diffLines, values} from '../src/lib/diff'
import {duration, relative, urgency} from '../src/lib/time'
import {readViews, withView} from '../src/lib/views'
import {EventReader} from '../src/live/sse'

describe('times', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  test.each([
    ['2026-03-01T11:59:58Z', 'now'], ['2026-03-01T11:55:00Z', '5 min ago'],
    ['2026-03-01T14:30:00Z', 'in 2 h 30 min'], ['2026-02-26T12:00:00Z', '3 d ago'],
  ])('%s is %s', (time, text) => expect(relative(time, now)).toBe(text))
  test.each([[0, '0 s'], [93, '1 min 33 s'], [7200, '2 h'], [90_000, '1 d 1 h']])('%d seconds are %s', (seconds, text) =>
    expect(duration(seconds)).toBe(text))
  test('what is due within the hour is soon', () => {
    expect(urgency('2026-03-01T12:59:00Z', now)).toBe('soon')
    expect(urgency('2026-03-01T13:01:00Z', now)).toBe('later')
    expect(urgency('2026-03-01T12:00:00Z', now)).toBe('late')
  })
})

describe('what a program wrote for a terminal', () => {
  const pieces = (line: string) => piecesOf(line, new Look())
  test('colours and styles become names', () => {
    expect(pieces('\u001b[1;31mred\u001b[0m plain')).toEqual([{text: 'red', look: 'ansi-red ansi-bold'}, {text: ' plain', look: ''}])
  })
  test('a look goes on in the next line', () => {
    const look = new Look()
    piecesOf('\u001b[32mgreen', look)
    expect(piecesOf('still', look)).toEqual([{text: 'still', look: 'ansi-green'}])
  })
  test('256 colours, cursor moves, titles and links leave only their text', () => {
    expect(pieces('\u001b[38;5;196mx\u001b[2K\u001b]0;title\u0007y\u001b]8;;http://a\u001b\\z')).toEqual(
      [{text: 'x', look: ''}, {text: 'y', look: ''}, {text: 'z', look: ''}])
  })
  test('a carriage return begins the line again', () => {
    expect(pieces('10 %\r90 %\rdone\r')).toEqual([{text: 'done', look: ''}])
  })
  test('what looks like HTML is text', () => {
    expect(pieces('<img src=x onerror=alert(1)>')).toEqual([{text: '<img src=x onerror=alert(1)>', look: ''}])
  })
})

test('a file for spreadsheets quotes, and has no formulas', () => {
  expect(csv(['a', 'b'], [['x,y', '=1+1'], ['say "hi"', null], [-1, '-1']])).toBe(
    'a,b\r\n"x,y",\'=1+1\r\n"say ""hi""",\r\n-1,\'-1\r\n')
})

describe('differences', () => {
  test('of lines', () => {
    expect(diffLines('a\nb\nc\nd', 'a\nx\nc\nd\ne').map((line) => `${line.kind[0]}${line.text}`)).toEqual(
      ['sa', 'rb', 'ax', 'sc', 'sd', 'ae'])
  })
  test('of subjects, by path', () => {
    expect(values({env: 'prod', hosts: ['a'], n: {v: 2}}, {env: 'prod', hosts: ['b'], old: 1})).toEqual([
      {path: 'env', text: 'prod', kind: 'same'},
      {path: 'hosts[0]', text: 'a', before: 'b', kind: 'changed'},
      {path: 'n.v', text: '2', kind: 'added'},
      {path: 'old', text: '1', kind: 'removed'},
    ])
  })
  test('an empty subject has no values', () => expect(values({})).toEqual([]))
})

describe('events', () => {
  test('are complete at an empty line, however they are cut', () => {
    const reader = new EventReader()
    const text = 'retry: 3000\nid: 6\n\nid: 7\nevent: vote.cast\ndata: {"a":1}\n\n: ping\n\nid: 8\r\ndata: x\r\ndata: y\r\n\r\n'
    const found = [...text].flatMap((character) => reader.push(character))
    expect(found).toEqual([
      {id: '7', event: 'vote.cast', data: '{"a":1}'},
      {id: '8', event: 'message', data: 'x\ny'},
    ])
  })
  test('an id without data says where to go on', () => {
    const reader = new EventReader()
    expect(reader.push('id: 41\n\n')).toEqual([])
    expect(reader.lastId).toBe('41')
  })
})

describe('views that somebody named', () => {
  const view = (name: string, q = 'x') => ({name, filters: {q}})
  test('are read as they were kept', () => expect(readViews(JSON.stringify([view('Mine')]))).toEqual([view('Mine')]))
  test.each([[null], ['{'], ['{}'], ['[1, null, {"name": ""}, {"name": "a"}]']])('what is none of them is left out: %s', (kept) => expect(readViews(kept)).toEqual([]))
  test('a filter that there is no more is left out', () => expect(readViews('[{"name": "a", "filters": {"q": "x", "colour": "red", "state": 1}}]')).toEqual([view('a')]))
  test('the same name again is the same view', () => expect(withView([view('a'), view('b')], view('a', 'y'))).toEqual([view('b'), view('a', 'y')]))
  test('there are at most twenty', () => {
    const twenty = Array.from({length: 20}, (_, i) => view(String(i)))
    expect(withView(twenty, view('more'))).toBeNull()
    expect(withView(twenty, view('7', 'y'))).toHaveLength(20)
  })
})
