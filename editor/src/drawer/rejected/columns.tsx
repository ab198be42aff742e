import type { RejectedRow } from '@headrace/runtime/api'
import { exact } from '../../style/numbers.ts'
import type { GridColumn } from '../table/Grid.tsx'
import { identityText } from '../table/identity.ts'
import { words } from '../words.ts'
import { type MendedRows, valuesText } from './mended.ts'

interface Looks {
  readonly mended: MendedRows
  readonly onFix: (row: RejectedRow) => void
  /** What the button says where it opens the settings instead. */
  readonly button: string
}

/** The columns of the table of rejected rows. */
export function rejectedColumns({ mended, onFix, button }: Looks): GridColumn<RejectedRow>[] {
  const { columns } = words.rejected
  return [
    {
      key: 'line',
      title: columns.line,
      width: 76,
      cell: (row) => <span className="data">{row.line === null ? numberOf(row) : exact(row.line)}</span>,
      full: ({ identity }) => identityText(identity),
    },
    { key: 'node', title: columns.node, width: 88, cell: ({ node }) => node, full: ({ node }) => node },
    {
      key: 'raw',
      title: columns.raw,
      width: 200,
      stretch: true,
      cell: (row) => <Raw row={row} mended={mended[row.index]?.raw} changed={row.index in mended} />,
      full: (row) => (row.raw ?? valuesText(row)).slice(0, 600),
    },
    { key: 'column', title: columns.column, width: 92, cell: ({ column }) => column ?? '' },
    {
      key: 'why',
      title: columns.why,
      width: 200,
      stretch: true,
      cell: ({ message }) => message,
      full: ({ message }) => message,
    },
    {
      key: 'fix',
      title: columns.fix,
      width: 80,
      sortable: false,
      cell: (row) => (
        <button
          type="button"
          className="button rejected-fix"
          tabIndex={-1}
          aria-label={`${button} ${identityText(row.identity)}`}
          onClick={() => onFix(row)}
        >
          {button}
        </button>
      ),
    },
  ]
}

const numberOf = ({ identity }: RejectedRow): string => {
  const number = /:(\d+(?:\.\d+)*)(?:@.*)?$/.exec(identity)?.[1]
  return number ? words.rejected.row(Number.parseFloat(number)) : identity
}

function Raw({ row, mended, changed }: { row: RejectedRow; mended: string | undefined; changed: boolean }) {
  if (mended !== undefined) return <span className="data rejected-mended">{mended}</span>
  const text = row.raw ?? valuesText(row)
  return <span className={changed ? 'data rejected-mended' : 'data rejected-raw'}>{text}</span>
}
