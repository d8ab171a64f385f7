// Times as people read them: how long ago, how long still, and exactly, with the zone.
const units: [string, number][] = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]]

// 93 → "1 min 33 s"; the two largest units.
export function duration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds))
  if (rest === 0) return '0 s'
  const parts: string[] = []
  for (const [name, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${name}`)
    rest -= count * size
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break
  }
  return parts.join(' ')
}

// "5 min ago", "in 2 h 30 min", "now": what is to come is told more exactly than what was.
export function relative(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000
  const size = Math.abs(seconds)
  if (size < 5) return 'now'
  for (const [name, length] of units) {
    if (size < length) continue
    return seconds < 0 ? `${Math.floor(size / length)} ${name} ago` : `in ${duration(name === 's' ? size : size - size % 60)}`
  }
  return 'now'
}

export function absolute(time: string): string {
  return new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium', timeStyle: 'long',
  }).format(new Date(time))
}

// The day only when it is not today.
export function shortTime(time: string, now = Date.now()): string {
  const at = new Date(time)
  const isToday = at.toDateString() === new Date(now).toDateString()
  return new Intl.DateTimeFormat(undefined, {
    ...(isToday ? {} : {day: 'numeric', month: 'short'}), hour: '2-digit', minute: '2-digit', timeZoneName: 'short', hour12: false,
  }).format(at)
}

export function clock(time: number): string {
  return new Date(time).toLocaleTimeString(undefined, {hour12: false})
}

export type Urgency = 'late' | 'soon' | 'later'

export function urgency(deadline: string, now: number): Urgency {
  const left = (Date.parse(deadline) - now) / 60_000
  return left <= 0 ? 'late' : left < 60 ? 'soon' : 'later'
}
