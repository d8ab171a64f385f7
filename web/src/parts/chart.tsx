// A chart, and the table it is drawn from. Only this file knows uPlot, and only screens with a chart
// read it. The canvas is a picture with a name; whoever does not see it reads the table.
import {useEffect, useRef, useState} from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import {duration} from '../lib/time'

export interface Line { name: string; color: string; values: (number | null)[]; dash?: number[] }
export interface ChartProps {
  title: string
  labels: string[]          // of the places along the x axis
  lines: Line[]
  kind: 'lines' | 'bars' | 'stacked'
  unit: 'seconds' | 'count'
  head?: string             // of the first column
}

function useTheme(): string {
  const [theme, set] = useState('')
  useEffect(() => {
    const media = matchMedia('(prefers-color-scheme: dark)')
    const read = () => set(`${document.documentElement.dataset.theme ?? ''} ${media.matches}`)
    const watch = new MutationObserver(read)
    watch.observe(document.documentElement, {attributes: true, attributeFilter: ['data-theme']})
    media.addEventListener('change', read)
    read()
    return () => { watch.disconnect(); media.removeEventListener('change', read) }
  }, [])
  return theme
}

// Drawn one over the other, the whole first.
function stack(lines: Line[]): Line[] {
  const sums: number[] = []
  return lines.map((line) => ({...line, values: line.values.map((value, i) => (sums[i] = (sums[i] ?? 0) + (value ?? 0)))})).reverse()
}

// Steps of the y axis.
const steps = {
  seconds: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000, 864000, 1728000, 4320000],
  count: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
}
const show = (unit: 'seconds' | 'count', value: number) => unit === 'count' ? String(value) : value > 0 && value < 1 ? 'under 1 s' : duration(value)

export default function Chart({title, labels, lines, kind, unit, head = 'Day'}: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const theme = useTheme()
  useEffect(() => {
    const element = box.current!
    const look = getComputedStyle(element)
    const colour = (name: string) => look.getPropertyValue(`--${name}`).trim() || name
    const drawn = kind === 'stacked' ? stack(lines) : lines
    const axis = {stroke: colour('faint'), grid: {stroke: colour('line'), width: 1}, ticks: {stroke: colour('line'), width: 1}, font: `11px ${look.fontFamily}`}
    const chart = new UPlot({
      width: element.clientWidth, height: 190, legend: {show: false}, cursor: {show: false}, padding: [12, 8, 0, 0],
      scales: {x: {time: false, range: (_, low, high) => [low - 0.6, high + 0.6]}, y: {range: (_, __, high) => [0, Math.max(high * 1.08, 1)]}},
      axes: [
        {...axis, grid: {show: false}, incrs: [1, 2, 5, 7, 10, 14, 30, 60], values: (_, at) => at.map((i) => labels[i] ?? '')},
        {...axis, size: 70, incrs: steps[unit], values: (_, at) => at.map((value) => show(unit, value))},
      ],
      series: [{}, ...drawn.map((line) => ({
        label: line.name, stroke: colour(line.color), width: kind === 'lines' ? 2 : 0, dash: line.dash, spanGaps: true, points: {show: kind === 'lines', size: 5, fill: colour(line.color)},
        ...(kind === 'lines' ? {} : {fill: colour(line.color), paths: UPlot.paths.bars!({size: [0.7, 44]})}),
      }))],
    }, [labels.map((_, i) => i), ...drawn.map((line) => line.values)], element)
    const sizes = new ResizeObserver(() => chart.setSize({width: element.clientWidth, height: 190}))
    sizes.observe(element)
    return () => { sizes.disconnect(); chart.destroy() }
  }, [labels, lines, kind, theme])
  return (
    <figure className="chart">
      <figcaption><h3>{title}</h3><ul className="plain chart-key" aria-hidden="true">{lines.map((line) => <li key={line.name} data-color={line.color}><span />{line.name}</li>)}</ul></figcaption>
      <div ref={box} role="img" aria-label={`${title}: ${lines.map((line) => line.name).join(', ')}. The table below says the same.`} />
      <details><summary>As a table</summary>
        <div className="table-wrap" tabIndex={0} role="region" aria-label={title}><table className="table small">
          <thead><tr><th scope="col">{head}</th>{lines.map((line) => <th scope="col" key={line.name}>{line.name}</th>)}</tr></thead>
          <tbody>{labels.map((label, i) => <tr key={i}><th scope="row">{label}</th>{lines.map((line) => <td key={line.name}>{line.values[i] === null || line.values[i] === undefined ? '–' : show(unit, line.values[i])}</td>)}</tr>)}</tbody>
        </table></div>
      </details>
    </figure>
  )
}
