// A workflow as a picture: the way to success down the middle, every other end to the right of it.
import type {components} from '../../generated/openapi'
import {neutralLook} from './state'

type Edge = components['schemas']['Graph']['edges'][number]
interface Look { state: string; color: string | null; label: string | null }

export interface Placed { name: string; column: number; row: number }

// The way that leads furthest goes down in column 0; what else can be reached gets column 1.
export function place(edges: Edge[], start: string): Placed[] {
  const next = new Map<string, string[]>()
  for (const {from, to} of edges) next.set(from, [...(next.get(from) ?? []), to])
  const longest = new Map<string, string[]>()
  const find = (state: string, seen: Set<string>): string[] => {
    const known = longest.get(state)
    if (known) return known
    let best: string[] = []
    for (const to of next.get(state) ?? []) {
      if (seen.has(to)) continue
      const way = find(to, new Set(seen).add(to))
      if (way.length > best.length) best = way
    }
    const way = [state, ...best]
    longest.set(state, way)
    return way
  }
  const main = find(start, new Set([start]))
  const others = [...new Set(edges.flatMap((edge) => [edge.from, edge.to]))].filter((state) => !main.includes(state))
  return [...main.map((name, row) => ({name, column: 0, row})), ...others.map((name, i) => ({name, column: 1, row: i + 1}))]
}

const width = 190, height = 38, gapX = 190, gapY = 46

function Graph({edges, start, looks}: {edges: Edge[]; start: string; looks: Look[]}) {
  const nodes = place(edges, start)
  const rows = Math.max(...nodes.map((node) => node.row)) + 1
  const at = new Map(nodes.map((node) => [node.name, {x: 8 + node.column * (width + gapX), y: 8 + node.row * (height + gapY), ...node}]))
  const looksOf = (name: string) => looks.find((look) => look.state === name)
  const merged = new Map<string, {from: string; to: string; labels: string[]}>()
  for (const {from, to, label} of edges) {
    const key = `${from} ${to}`
    merged.set(key, {from, to, labels: [...(merged.get(key)?.labels ?? []), label]})
  }
  return (
    <div className="graph" tabIndex={0} role="region" aria-label="The states and what leads from one to the next">
      <svg width={2 * width + gapX + 24} height={rows * (height + gapY)} viewBox={`0 0 ${2 * width + gapX + 24} ${rows * (height + gapY)}`} role="img" aria-label={`From ${start}: a table below says the same`}>
        <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" /></marker></defs>
        {[...merged.values()].map(({from, to, labels}) => {
          const a = at.get(from)!, b = at.get(to)!
          const isDown = a.column === 0 && b.column === 0 && b.row === a.row + 1
          const path = isDown ? `M${a.x + width / 2} ${a.y + height}V${b.y - 2}`
            : `M${a.x + width} ${a.y + height / 2}C${a.x + width + gapX / 2} ${a.y + height / 2} ${b.x - gapX / 2} ${b.y + height / 2} ${b.column === 0 ? b.x + width + 2 : b.x - 2} ${b.y + height / 2}`
          return (
            <g key={`${from} ${to}`} className={isDown ? 'edge main' : 'edge'}>
              <path d={path} markerEnd="url(#arrow)"><title>{`${from} → ${to}: ${labels.join(', ')}`}</title></path>
              {isDown && <text x={a.x + width / 2 + 10} y={a.y + height + gapY / 2 + 4}>{labels.join(', ')}</text>}
            </g>
          )
        })}
        {[...at.values()].map((node) => (
          <g key={node.name} className="node" data-color={looksOf(node.name)?.color ?? neutralLook(node.name)}>
            <rect x={node.x} y={node.y} width={width} height={height} rx={8} />
            <text x={node.x + width / 2} y={node.y + height / 2 + 4} textAnchor="middle">{looksOf(node.name)?.label ?? node.name.replaceAll('_', ' ')}</text>
          </g>
        ))}
      </svg>
    </div>
  )
}

export function GraphAndTable(graph: {edges: Edge[]; start: string; looks: Look[]}) {
  return (
    <>
      <Graph {...graph} />
      <details><summary>As a table</summary>
        <table className="table small"><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">When</th></tr></thead>
          <tbody>{graph.edges.map((edge, i) => <tr key={i}><td>{edge.from}</td><td>{edge.to}</td><td>{edge.label}</td></tr>)}</tbody></table>
      </details>
    </>
  )
}
