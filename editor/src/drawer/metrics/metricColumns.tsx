import { bytes, exact, exactShare, rounded, share } from '../../style/numbers.ts'
import type { Copied } from '../table/copy.ts'
import type { GridColumn } from '../table/Grid.tsx'
import { words } from '../words.ts'
import type { MetricLine } from './lines.ts'

const { heads } = words.metrics

type Count = 'in' | 'out' | 'filtered' | 'rejected'

const count = (key: Count): GridColumn<MetricLine> => ({
  key,
  title: heads[key],
  width: key === 'rejected' ? 78 : 68,
  numeric: true,
  cell: (line) => <Count value={line[key]} alarming={key === 'rejected'} />,
  full: (line) => (line[key] === null ? undefined : exact(line[key])),
})

const part = (key: 'working' | 'model' | 'blocked' | 'waiting'): GridColumn<MetricLine> => ({
  key,
  title: heads[key],
  width: 84,
  numeric: true,
  cell: ({ time }) => time && <span className={time[key] ? 'data' : 'data soft'}>{share(time[key])}</span>,
  full: ({ time }) => (time ? exactShare(time[key]) : undefined),
})

/** The columns of the table of metrics. */
export const metricColumns: readonly GridColumn<MetricLine>[] = [
  {
    key: 'name',
    title: heads.name,
    width: 136,
    stretch: true,
    cell: ({ kind, name }) => (kind === 'node' ? <strong>{name}</strong> : <span className="soft">{name}</span>),
    full: ({ name }) => name,
  },
  count('in'),
  count('out'),
  count('filtered'),
  count('rejected'),
  {
    key: 'rate',
    title: heads.rate,
    width: 72,
    numeric: true,
    cell: ({ rate }) => <span className={rate ? 'data' : 'data soft'}>{rounded(rate)}</span>,
    full: ({ rate }) => exact(rate),
  },
  {
    key: 'bytesRate',
    title: heads.bytesRate,
    width: 84,
    numeric: true,
    cell: ({ bytesRate }) => <span className={bytesRate ? 'data' : 'data soft'}>{bytes(bytesRate)}</span>,
    full: ({ bytesRate }) => exact(Math.round(bytesRate)),
  },
  {
    key: 'fill',
    title: heads.fill,
    width: 112,
    cell: ({ fill, full, time }) => (time ? <Time time={time} /> : fill !== null && <Fill fill={fill} full={full} />),
    full: ({ fill, time }) => (time ? timeText(time) : fill === null ? undefined : exactShare(fill)),
  },
  part('working'),
  part('model'),
  part('blocked'),
  part('waiting'),
]

function Count({ value, alarming }: { value: number | null; alarming: boolean }) {
  if (value === null) return null
  return <span className={`data ${value === 0 ? 'soft' : alarming ? 'metrics-rejected' : ''}`}>{rounded(value)}</span>
}

/** How full an edge is: a gauge and the word, hatched where it is full, so that it is read without colour. */
function Fill({ fill, full }: { fill: number; full: boolean }) {
  return (
    <span className="metrics-fill">
      <span className="metrics-gauge">
        <span className={full ? 'full' : ''} style={{ width: `${Math.round(fill * 100)}%` }} />
      </span>
      {full ? words.metrics.full : share(fill)}
    </span>
  )
}

type Time = NonNullable<MetricLine['time']>

const timeText = ({ working, model, blocked, waiting }: Time): string =>
  [
    `${share(working)} ${words.metrics.times.working}`,
    `${share(model)} ${words.metrics.times.resource}`,
    `${share(blocked)} ${words.metrics.times.blocked}`,
    `${share(waiting)} ${words.metrics.times.waiting}`,
  ].join(', ')

/** A node's time as on its card: solid working, violet in the model, hatched blocked, empty waiting. */
function Time({ time: { working, model, blocked } }: { time: Time }) {
  return (
    <span className="metrics-fill">
      <span className="metrics-gauge metrics-time">
        <span className="working" style={{ width: `${working * 100}%` }} />
        <span className="model" style={{ width: `${model * 100}%` }} />
        <span className="full" style={{ width: `${blocked * 100}%` }} />
      </span>
    </span>
  )
}

/** The lines as rows to copy. */
export function metricRows(lines: readonly MetricLine[]): Copied {
  const names = ['kind', 'name', 'in', 'out', 'filtered', 'rejected', 'rows_per_s', 'bytes_per_s', 'fill'] as const
  const times = ['working', 'model', 'blocked', 'waiting'] as const
  return {
    columns: [...names, ...times].map((name) => ({
      name,
      type: name === 'kind' || name === 'name' ? 'string' : 'float64',
    })),
    rows: lines.map((line) => [
      line.kind,
      line.name,
      line.in,
      line.out,
      line.filtered,
      line.rejected,
      line.rate,
      line.bytesRate,
      line.fill,
      ...times.map((name) => line.time?.[name] ?? null),
    ]),
  }
}
