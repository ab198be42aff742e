import { spawnSync } from 'node:child_process'

// Draws commands and what they print as an SVG, the way a terminal shows them:
// node_modules/.bin/node test/documents/picture.ts 'headrace run …' 'headrace search …' > runtime/docs/run.svg

const columns = 104
const [size, lineHeight, margin] = [13, 19, 18]
const letter = size * 0.602
const colours: Record<string, string> = {
  1: 'font-weight="bold" fill="#ffffff"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
}

const lines = process.argv.slice(2).flatMap((command) => {
  const { stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8', env: { ...process.env, FORCE_COLOR: '1' } })
  // The lines of progress are those that a terminal takes away at the end.
  const kept = stdout.split('\n').filter((line) => line.trim() && !/^[\d.]+ (s|min)\b/.test(line))
  return [`\x1b[2m$\x1b[22m \x1b[1m${command}\x1b[22m`, ...kept.map(shortened), '']
})

/** A line no longer than the terminal is wide; its colours do not count. */
function shortened(line: string): string {
  const parts = line.split(/(\x1b\[\d+m)/)
  const long = parts.reduce((sum, part) => sum + (part.startsWith('\x1b') ? 0 : [...part].length), 0) > columns
  let left = long ? columns - 1 : columns
  const kept = parts.map((part) => {
    if (part.startsWith('\x1b')) return part
    const letters = [...part].slice(0, left)
    left -= letters.length
    return letters.join('')
  })
  return long ? `${kept.join('')}…` : kept.join('')
}

function drawn(line: string): string {
  let colour = ''
  const spans = line.split(/\x1b\[(\d+)m/).map((part, at) => {
    if (at % 2) {
      colour = colours[part] ?? ''
      return ''
    }
    const text = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    return colour && text ? `<tspan ${colour}>${text}</tspan>` : text
  })
  return spans.join('')
}

const shown = lines.slice(0, -1)
const width = Math.round(columns * letter + 2 * margin)
const height = shown.length * lineHeight + 2 * margin
const texts = shown.map(
  (line, at) => `  <text x="${margin}" y="${margin + (at + 0.75) * lineHeight}">${drawn(line)}</text>`,
)
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
  <style>text { font: ${size}px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #c9d1d9; white-space: pre }</style>
  <rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
${texts.join('\n')}
</svg>`)
