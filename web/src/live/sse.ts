// Server-Sent Events, read piece by piece as they come.
export interface ServerEvent { id: string; event: string; data: string }

export class EventReader {
  private rest = ''
  private id = ''
  private event = ''
  private data: string[] = []

  // Every event that is complete with `text`. An event without data only moves `lastId`.
  push(text: string): ServerEvent[] {
    this.rest += text
    const found: ServerEvent[] = []
    for (let end = this.rest.indexOf('\n'); end >= 0; end = this.rest.indexOf('\n')) {
      const line = this.rest.slice(0, end).replace(/\r$/, '')
      this.rest = this.rest.slice(end + 1)
      if (line !== '') this.field(line)
      else if (this.data.length > 0 || this.event !== '') found.push(this.take())
    }
    return found
  }

  get lastId() { return this.id }

  private field(line: string) {
    const colon = line.indexOf(':')
    if (colon === 0) return  // a comment
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'id') this.id = value
    else if (name === 'event') this.event = value
    else if (name === 'data') this.data.push(value)
  }

  private take(): ServerEvent {
    const event = {id: this.id, event: this.event || 'message', data: this.data.join('\n')}
    this.event = ''
    this.data = []
    return event
  }
}
