import { exact } from '../../style/numbers.ts'

/** What the drawer says of the way of a row. */
export const words = {
  row: 'Row whose way is shown',
  placeholder: 'data.csv:17, id=42, or an identity',
  ask: 'Trace',
  /** A button at a row. */
  button: 'Trace this row',
  idle: 'A row’s way through the nodes: its values after each, and where it ended. Name a row, or choose one in Rows or Rejected and press Trace.',
  asking: 'Reading the row again and taking it through the nodes…',
  noRun: 'No run yet. After one, the way of each of its rows can be shown here.',
  none: (asked: string) => `No row has ${asked}.`,
  found: (found: number, shown: number, asked: string) =>
    `${exact(found)} rows have ${asked}; ${shown === 1 ? 'the first' : `the first ${exact(shown)}`} of them:`,
  away: 'The server does not answer.',
  place: (file: string, row: number, line: number | null) =>
    `${file ? `${file} ` : ''}row ${exact(row)}${line === null ? '' : `, line ${exact(line)}`}`,
  steps: (place: string) => `Way of ${place}`,
  show: (node: string) => `Show ${node}`,
  more: (count: number) => `and ${exact(count)} more pieces`,
  dropped: (columns: string) => `without ${columns}`,
  to: (port: string, nodes: string) => [port && `by “${port}”`, nodes && `to ${nodes}`].filter(Boolean).join(' '),
  was: 'was',
  marks: { new: 'new', changed: 'changed' },
  outcomes: { passed: '', filtered: 'filtered', rejected: 'rejected', stored: 'stored', unknown: 'not known' },
  fates: {
    stored: 'stored',
    waiting: 'not stored yet',
    replaced: 'replaced',
    filtered: 'filtered',
    rejected: 'rejected',
    unknown: 'not known',
  },
  value: (value: boolean | null) => (value === null ? 'has no value' : `is ${value}`),
} as const
