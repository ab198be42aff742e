import type { ColumnProfile } from '@headrace/runtime/api'
import { exact, rounded } from '../../style/numbers.ts'
import { words } from '../words.ts'

const [width, height] = [144, 20]
/** A single value is one bar as wide as one of many, not a block. */
const widest = width / 24

type Histogram = NonNullable<ColumnProfile['histogram']>

/** A column's histogram as bars; each says on hover from where to where it goes and how many it has. */
export function Bars({ histogram, type }: { readonly histogram: Histogram; readonly type: string }) {
  const { counts, from, to, of } = histogram
  const most = Math.max(...counts, 1)
  const bar = Math.min(widest, width / counts.length)
  const step = (to - from) / counts.length
  const label = words.columns.histogram(of, endText(from, type, of), endText(to, type, of))
  return (
    <svg className="bars" width={width} height={height} role="img" aria-label={label}>
      {counts.map((count, i) => {
        // What is there is seen, however little it is.
        const tall = count === 0 ? 0 : Math.max(1.5, (count / most) * height)
        const ends = `${endText(from + i * step, type, of)} – ${endText(from + (i + 1) * step, type, of)}`
        return (
          <g key={i}>
            <title>{`${ends}: ${exact(count)}`}</title>
            <rect x={i * bar} width={bar} height={height} className="bars-room" />
            <rect x={i * bar + 0.5} y={height - tall} width={Math.max(1, bar - 1)} height={tall} className="bars-bar" />
          </g>
        )
      })}
    </svg>
  )
}

const perSecond: { readonly [unit: string]: number } = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }

/** An end of a bin as the column's type writes it: a date of its days, a moment of its microseconds. */
export function endText(value: number, type: string, of: Histogram['of']): string {
  if (of !== 'values') return rounded(value)
  if (type === 'date') return dateText(value * 86_400_000).slice(0, 10)
  if (type === 'time') return dateText(value / 1000).slice(11, 19)
  if (type.startsWith('timestamp')) {
    const unit = /\((s|ms|us|ns)/.exec(type)?.[1] ?? 'us'
    return dateText((value / (perSecond[unit] ?? 1e6)) * 1000)
  }
  return Math.abs(value) < 1 && value !== 0 ? value.toPrecision(2) : rounded(value)
}

function dateText(milliseconds: number): string {
  const moment = new Date(milliseconds)
  return Number.isNaN(moment.getTime()) ? rounded(milliseconds) : moment.toISOString().slice(0, 19).replace('T', ' ')
}
