import type { RunStatus, RunView } from '@headrace/runtime/api'
import { CircleAlert, CircleCheck, CircleDashed, CirclePause, LoaderCircle } from 'lucide-react'
import type { GridColumn } from '../drawer/table/Grid.tsx'
import {
  bytes as bytesText,
  duration,
  exact,
  exactBytes,
  exactDuration,
  exactWhen,
  rounded,
  when,
} from '../style/numbers.ts'
import { words } from './words.ts'

const icons = {
  running: LoaderCircle,
  done: CircleCheck,
  failed: CircleAlert,
  stopped: CirclePause,
  unfinished: CircleDashed,
}

/** A run's status as a sign and a word. */
export function Status({ status }: { readonly status: RunStatus }) {
  const Icon = icons[status]
  return (
    <span className={`runs-status ${status}`}>
      <Icon size={14} aria-hidden />
      {words.statuses[status]}
    </span>
  )
}

const count = (key: 'stored' | 'filtered'): GridColumn<RunView> => ({
  key,
  title: words.heads[key],
  width: 78,
  numeric: true,
  cell: ({ rows }) => rows && <span className={rows[key] ? 'data' : 'data soft'}>{rounded(rows[key])}</span>,
  full: ({ rows }) => (rows ? exact(rows[key]) : undefined),
})

/** The columns of the list of runs. */
export const runColumns: readonly GridColumn<RunView>[] = [
  {
    key: 'started',
    title: words.heads.started,
    width: 118,
    cell: ({ started }) => <span className="data">{when(started)}</span>,
    full: ({ started }) => exactWhen(started),
  },
  { key: 'status', title: words.heads.status, width: 104, cell: ({ status }) => <Status status={status} /> },
  {
    key: 'name',
    title: words.heads.name,
    width: 130,
    stretch: true,
    cell: ({ name, draft, replayOf }) => (
      <>
        {name}
        {draft && <span className="runs-mark">{words.draft}</span>}
        {replayOf !== null && <span className="runs-mark">{words.replay}</span>}
      </>
    ),
    full: ({ file }) => file,
  },
  {
    key: 'time',
    title: words.heads.time,
    width: 102,
    numeric: true,
    cell: ({ seconds }) => seconds !== null && <span className="data">{duration(seconds)}</span>,
    full: ({ seconds }) => (seconds === null ? undefined : exactDuration(seconds)),
  },
  count('stored'),
  {
    key: 'rejected',
    title: words.heads.rejected,
    width: 78,
    numeric: true,
    cell: ({ rejected }) => <span className={rejected ? 'data runs-rejected' : 'data soft'}>{rounded(rejected)}</span>,
    full: ({ rejected }) => exact(rejected),
  },
  count('filtered'),
  {
    key: 'match',
    title: words.heads.match,
    width: 100,
    cell: ({ balanced }) =>
      balanced !== null && (
        <span className={balanced ? 'soft' : 'runs-rejected'}>{balanced ? words.match : words.noMatch}</span>
      ),
  },
  {
    key: 'origin',
    title: words.heads.origin,
    width: 84,
    cell: ({ origin }) => <span className="soft">{words.origins[origin]}</span>,
  },
  {
    key: 'size',
    title: words.heads.size,
    width: 78,
    numeric: true,
    cell: ({ bytes }) => bytes !== null && <span className="data soft">{bytesText(bytes)}</span>,
    full: ({ bytes }) => (bytes === null ? undefined : exactBytes(bytes)),
  },
]
