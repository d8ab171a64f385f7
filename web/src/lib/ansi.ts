// What a program wrote for a terminal, as pieces of text with the names of their looks. Colours, bold,
// faint, italic and underline are known; every other control sequence is left out. A carriage return
// begins the line again, as progress bars do.
export interface Piece { text: string; look: string }

const colours = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
// CSI sequences, OSC sequences (titles, links), and other escapes.
// eslint-disable-next-line no-control-regex
const control = /\u001b\[([0-9;:]*)([ -/]*[@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

export class Look {
  colour = ''
  styles = new Set<string>()

  apply(codes: string) {
    const numbers = codes === '' ? [0] : codes.split(/[;:]/).map(Number)
    for (let i = 0; i < numbers.length; i++) {
      const code = numbers[i]!
      if (code === 0) { this.colour = ''; this.styles.clear() }
      else if (code === 1) this.styles.add('bold')
      else if (code === 2) this.styles.add('faint')
      else if (code === 3) this.styles.add('italic')
      else if (code === 4) this.styles.add('underline')
      else if (code === 22) { this.styles.delete('bold'); this.styles.delete('faint') }
      else if (code === 23) this.styles.delete('italic')
      else if (code === 24) this.styles.delete('underline')
      else if (code >= 30 && code <= 37) this.colour = colours[code - 30]!
      else if (code >= 90 && code <= 97) this.colour = colours[code - 90]!
      else if (code === 39) this.colour = ''
      else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : 4  // 256 or all colours
    }
  }

  name(): string {
    return [this.colour && `ansi-${this.colour}`, ...[...this.styles].map((s) => `ansi-${s}`)]
      .filter(Boolean).join(' ')
  }
}

// The pieces of one line, without its line feed. `look` goes on from line to line.
export function piecesOf(line: string, look: Look): Piece[] {
  const begun = line.replace(/\r+$/, '')
  const shown = begun.slice(begun.lastIndexOf('\r') + 1)
  const skipped = begun.slice(0, begun.length - shown.length)
  for (const match of skipped.matchAll(control)) if (match[2] === 'm') look.apply(match[1] ?? '')
  const pieces: Piece[] = []
  let at = 0
  for (const match of shown.matchAll(control)) {
    if (match.index > at) pieces.push({text: shown.slice(at, match.index), look: look.name()})
    if (match[2] === 'm') look.apply(match[1] ?? '')
    at = match.index + match[0].length
  }
  if (at < shown.length) pieces.push({text: shown.slice(at), look: look.name()})
  return pieces
}
