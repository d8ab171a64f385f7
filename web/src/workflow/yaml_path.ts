// Where in a YAML document a place is, told by indentation alone: enough to complete keys while a text
// is being written and is not YAML yet. Flow style ({a: b}) is followed within its line.
export interface Place {
  path: string[]   // the keys around it; lists are transparent
  used: string[]   // keys that the mapping there has already
  key: string      // not empty: a value is being written, of this key
  from: number     // where the word that is being written begins
}

const keyOf = /^(\s*(?:- +)*)([\w.${}-]+):(?:\s|$)/

// The column at which a line's own content begins, past the dashes of lists.
function columnOf(line: string): number {
  return /^\s*(?:- +)*/.exec(line)![0].length
}

function flowOf(text: string): {keys: string[]; used: string[]} | null {
  const open: {key: string; used: string[]}[] = []
  const words = text.matchAll(/([{}[\]])|([\w.-]+):\s|"(?:[^"\\]|\\.)*"|'[^']*'/g)
  let last = ''
  for (const [, bracket, key] of words) {
    if (bracket === '{' || bracket === '[') { open.push({key: last, used: []}); last = '' }
    else if (bracket) open.pop()
    else if (key) { last = key; open.at(-1)?.used.push(key) }
  }
  return open.length === 0 ? null : {keys: open.map((level) => level.key).filter(Boolean), used: open.at(-1)!.used}
}

export function placeAt(text: string, position: number): Place {
  const before = text.slice(0, position).split('\n')
  const line = before.at(-1)!
  const word = /[\w.-]*$/.exec(line)![0]
  const from = position - word.length
  const head = line.slice(0, line.length - word.length)
  const path: string[] = []
  const used: string[] = []
  let column = columnOf(line)
  const own = keyOf.exec(line)
  const flow = flowOf(head)
  const value = /([\w.-]+):\s+$/.exec(head)?.[1] ?? ''
  const first = before.length - 1
  // Upwards: a smaller column is a key around it.
  const all = text.split('\n')
  for (let i = first - 1; i >= 0; i--) {
    const match = keyOf.exec(before[i]!)
    if (!match) continue
    const at = match[1]!.length
    if (at < column) { path.unshift(match[2]!); column = at }
  }
  const level = columnOf(line)
  if (!flow) {
    // Beside it: the same column, up and down, until the mapping or the item of the list ends.
    const isItem = (text_: string) => /^\s*- /.test(text_)
    for (let i = first; i >= 0; i--) {
      const match = keyOf.exec(i === first ? line : before[i]!)
      if (i !== first && before[i]!.trim() && columnOf(before[i]!) < level) break
      if (i !== first && match && match[1]!.length === level) used.push(match[2]!)
      if (isItem(before[i]!) && columnOf(before[i]!) === level) break
    }
    for (let i = first + 1; i < all.length; i++) {
      const text_ = all[i]!
      if (!text_.trim()) continue
      if (columnOf(text_) < level || (isItem(text_) && columnOf(text_) === level)) break
      const match = keyOf.exec(text_)
      if (match && match[1]!.length === level) used.push(match[2]!)
    }
  }
  if (flow) {
    // Its keys are below the key of this line, which flowOf has seen where it stands before the bracket.
    return {path: [...path, ...flow.keys], used: flow.used.filter((key) => key !== value), key: value, from}
  }
  return {path, used, key: own && value ? value : '', from}
}
