import type { Spread, Standing } from './contest.ts'

/** A bar chart: what each contender took, with the least and the most of its rounds. */
export interface Bars {
  /** Of its file, beside the benchmark's name; nothing where there is only one. */
  readonly name?: string
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly name: string; readonly value: Spread }[]
}

/** The times of standings. */
export const timeBars = (title: string, standings: readonly Standing[], name?: string): Bars => ({
  ...(name !== undefined && { name }),
  title,
  unit: 's',
  bars: standings.map(({ name: bar, seconds }) => ({ name: bar, value: seconds })),
})

const width = 720
const left = 270
const right = 110
const row = 26
const top = 40
const ours = '#2563eb'
const others = '#94a3b8'

/** A bar chart as an SVG: bars lie, Headrace's are blue, a line shows from the least to the most. */
export function drawBars({ title, unit, bars }: Bars): string {
  const most = Math.max(...bars.map(({ value }) => value.most)) || 1
  const x = (value: number) => left + (value / most) * (width - left - right)
  const height = top + bars.length * row + 16
  const text = (at: number, y: number, words: string, more = '') =>
    `<text x="${at.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(words)}</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(16, 22, title, 'font-size="14" font-weight="bold"'),
    ...bars.flatMap(({ name, value: { median, least, most: worst } }, i) => {
      const y = top + i * row
      const middle = y + (row - 8) / 2
      const colour = name.startsWith('Headrace') ? ours : others
      return [
        text(left - 8, middle + 4, name, 'text-anchor="end"'),
        `<rect x="${left}" y="${y}" width="${(x(median) - left).toFixed(1)}" height="${row - 8}" fill="${colour}"/>`,
        `<line x1="${x(least).toFixed(1)}" x2="${x(worst).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#0f172a" stroke-width="1.5"/>`,
        text(x(worst) + 8, middle + 4, `${short(median)} ${unit}`),
      ]
    }),
    '</svg>\n',
  ].join('\n')
}

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
