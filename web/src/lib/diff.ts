// What changed between two texts, line by line, and between two subjects, value by value.
export interface DiffLine { kind: 'same' | 'added' | 'removed'; text: string }

// The longest common subsequence, after what both begin and end with.
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n'), b = after.split('\n')
  let start = 0, end = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const left = a.slice(start, a.length - end), right = b.slice(start, b.length - end)
  const width = right.length + 1
  const length = new Uint32Array((left.length + 1) * width)
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      length[i * width + j] = left[i] === right[j]
        ? length[(i + 1) * width + j + 1]! + 1
        : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
    }
  }
  const lines: DiffLine[] = a.slice(0, start).map((text) => ({kind: 'same', text}))
  let i = 0, j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({kind: 'same', text: left[i]!}); i++; j++
    } else if (i < left.length && (j === right.length || length[(i + 1) * width + j]! >= length[i * width + j + 1]!)) {
      lines.push({kind: 'removed', text: left[i++]!})
    } else {
      lines.push({kind: 'added', text: right[j++]!})
    }
  }
  return lines.concat(a.slice(a.length - end).map((text) => ({kind: 'same', text})))
}

export interface Value { path: string; text: string; before?: string; kind: 'same' | 'added' | 'removed' | 'changed' }

function leaves(value: unknown, path: string, into: Map<string, string>) {
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    for (const [key, child] of Object.entries(value)) {
      leaves(child, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key, into)
    }
  } else {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
}

// Every value of `subject` by its path; compared with `before` when that is given.
export function values(subject: object, before?: object): Value[] {
  const now = new Map<string, string>(), then = new Map<string, string>()
  if (Object.keys(subject).length > 0) leaves(subject, '', now)
  if (before && Object.keys(before).length > 0) leaves(before, '', then)
  const found: Value[] = [...now].map(([path, text]) => {
    const old = then.get(path)
    if (!before || old === text) return {path, text, kind: 'same'}
    return old === undefined ? {path, text, kind: 'added'} : {path, text, before: old, kind: 'changed'}
  })
  for (const [path, text] of then) if (before && !now.has(path)) found.push({path, text, kind: 'removed'})
  return found
}
