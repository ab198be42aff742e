import type { Cell } from '@headrace/runtime/api'
import { exact, exactShare, rounded, share } from '../../style/numbers.ts'
import { CellView } from '../table/CellView.tsx'
import { cellText } from '../table/cells.ts'
import type { Copied } from '../table/copy.ts'
import type { GridColumn } from '../table/Grid.tsx'
import { words } from '../words.ts'
import { Bars } from './Bars.tsx'
import type { ProfiledColumn } from './Columns.tsx'
import '../table/cell.css'

const { heads } = words.columns

/** The columns of the table of profiles. */
export const profileColumns: readonly GridColumn<ProfiledColumn>[] = [
  {
    key: 'name',
    title: heads.name,
    width: 150,
    stretch: true,
    cell: ({ name }) => <strong>{name}</strong>,
    full: ({ name }) => name,
  },
  {
    key: 'type',
    title: heads.type,
    width: 116,
    cell: ({ type }) => <span className="data soft">{type}</span>,
    full: ({ type }) => type,
  },
  {
    key: 'nulls',
    title: heads.nulls,
    width: 84,
    numeric: true,
    cell: ({ profile }) => profile && <Nulls nulls={profile.nulls} rows={profile.rows} />,
    full: ({ profile }) =>
      profile
        ? `${exact(profile.nulls)} of ${exact(profile.rows)}, ${exactShare(profile.nulls / Math.max(1, profile.rows))}`
        : undefined,
  },
  {
    key: 'distinct',
    title: heads.distinct,
    width: 92,
    numeric: true,
    cell: ({ profile }) =>
      profile?.distinct == null ? null : (
        <span className="data">{`${profile.exact ? '' : '≈ '}${rounded(profile.distinct)}`}</span>
      ),
    full: ({ profile }) =>
      profile?.distinct == null ? undefined : words.columns.distinct(profile.distinct, profile.exact),
  },
  {
    key: 'min',
    title: heads.min,
    width: 120,
    cell: ({ profile }) => <End cell={profile?.min} />,
    full: ({ profile }) => cellText(profile?.min ?? null),
  },
  {
    key: 'max',
    title: heads.max,
    width: 120,
    cell: ({ profile }) => <End cell={profile?.max} />,
    full: ({ profile }) => cellText(profile?.max ?? null),
  },
  {
    key: 'histogram',
    title: heads.histogram,
    width: 222,
    cell: ({ profile, type }) =>
      profile?.histogram && (
        <span className="columns-bars">
          <Bars histogram={profile.histogram} type={type} />
          {profile.histogram.of !== 'values' && <span className="soft">{words.columns.of[profile.histogram.of]}</span>}
        </span>
      ),
  },
  {
    key: 'commonest',
    title: heads.commonest,
    width: 240,
    stretch: true,
    cell: ({ profile }) => (
      <span className="data">
        {profile?.commonest.map(({ value, count }, i) => (
          <span key={`${i} ${cellText(value)}`} className="columns-common">
            {cellText(value) || words.columns.emptyText} <span className="soft">{rounded(count)}</span>
          </span>
        ))}
      </span>
    ),
    full: ({ profile }) =>
      profile?.commonest.map(({ value, count }) => `${cellText(value)}: ${exact(count)}`).join('\n'),
  },
]

const End = ({ cell }: { cell: Cell | undefined }) => (cell == null ? null : <CellView cell={cell} />)

function Nulls({ nulls, rows }: { nulls: number; rows: number }) {
  const part = nulls / Math.max(1, rows)
  return <span className={nulls ? 'data columns-nulls' : 'data soft'}>{nulls ? share(part) : '0'}</span>
}

/** The profiles as rows to copy. */
export const profileRows = (profiled: readonly ProfiledColumn[]): Copied => ({
  columns: ['name', 'type', 'rows', 'nulls', 'distinct', 'min', 'max', 'commonest'].map((name) => ({
    name,
    type: 'string',
  })),
  rows: profiled.map(({ name, type, profile }) => [
    name,
    type,
    profile?.rows ?? null,
    profile?.nulls ?? null,
    profile?.distinct ?? null,
    profile?.min ?? null,
    profile?.max ?? null,
    profile?.commonest.map(({ value, count }) => `${cellText(value)}: ${count}`).join('; ') ?? null,
  ]),
})
