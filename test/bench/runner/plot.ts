/** A line of a plot: a name and its points. */
export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const width = 720
const height = 300
const margin = { left: 64, right: 16, top: 40, bottom: 36 }
const colours = ['#2563eb', '#ea580c', '#059669', '#7c3aed']

/** Lines over time as an SVG, with a dashed level that none of them should pass. */
export function plot(
  title: string,
  lines: readonly Line[],
  level: { readonly name: string; readonly y: number },
): string {
  const points = lines.flatMap((line) => line.points)
  const most = { x: Math.max(1, ...points.map(([x]) => x)), y: Math.max(level.y, ...points.map(([, y]) => y)) * 1.05 }
  const x = (value: number) => margin.left + (value / most.x) * (width - margin.left - margin.right)
  const y = (value: number) => height - margin.bottom - (value / most.y) * (height - margin.top - margin.bottom)
  const step = niceStep(most.y / 5)
  const marks = Array.from({ length: Math.floor(most.y / step) + 1 }, (_, i) => i * step)
  const text = (at: readonly [number, number], words: string, more = '') =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${escaped(words)}</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text([margin.left, 18], title, 'font-size="14" font-weight="bold"'),
    ...marks.flatMap((mark) => [
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(mark).toFixed(1)}" y2="${y(mark).toFixed(1)}" stroke="#e5e7eb"/>`,
      text([margin.left - 6, y(mark) + 4], `${mark} MB`, 'text-anchor="end"'),
    ]),
    text([width - margin.right, height - 8], `${most.x.toFixed(0)} s`, 'text-anchor="end"'),
    `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(level.y).toFixed(1)}" y2="${y(level.y).toFixed(1)}" stroke="#dc2626" stroke-dasharray="6 4"/>`,
    text([width - margin.right, y(level.y) - 4], level.name, 'text-anchor="end" fill="#dc2626"'),
    ...lines.flatMap(({ name, points: own }, i) => {
      const colour = colours[i % colours.length] as string
      const path = own.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
        text([margin.left + 8 + i * 160, 34], name, `fill="${colour}"`),
      ]
    }),
    '</svg>\n',
  ].join('\n')
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return ([1, 2, 5].find((one) => one * power >= least) ?? 10) * power
}

const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
