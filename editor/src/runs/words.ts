import type { Report, RunStatus, RunView } from '@headrace/runtime/api'
import { exact } from '../style/numbers.ts'

type Files = Pick<Report, 'filesNew' | 'filesChanged' | 'filesAgain' | 'filesSkipped' | 'filesGone'>

const rowsOf = (count: number | null): string => (count === null ? 'some rows' : exact(count))

/** What the list of runs says. */
export const words = {
  title: 'Runs',
  list: 'Runs of this folder',
  filter: 'Filter runs',
  pipeline: 'Of which pipeline',
  allPipelines: 'All pipelines',
  status: 'With which status',
  allStatuses: 'Any status',
  count: (shown: number, all: number) =>
    shown === all ? `${exact(all)} ${all === 1 ? 'run' : 'runs'}` : `${exact(shown)} of ${exact(all)} runs`,
  statuses: {
    running: 'at work',
    done: 'done',
    failed: 'failed',
    stopped: 'stopped',
    unfinished: 'ended early',
  } satisfies { [status in RunStatus]: string },
  heads: {
    status: 'status',
    name: 'pipeline',
    started: 'started',
    time: 'time',
    stored: 'stored',
    filtered: 'filtered',
    rejected: 'rejected',
    match: 'row counts',
    origin: 'from',
    size: 'size',
  },
  match: 'match',
  noMatch: 'do not match',
  origins: { page: 'page', terminal: 'terminal', schedule: 'schedule' } satisfies {
    [origin in RunView['origin']]: string
  },
  draft: 'draft',
  replay: 'replay',
  empty: 'No runs yet. Open a pipeline and press Run, or run one in a terminal: it appears here.',
  none: 'No run like that.',
  open: 'Choose a run to see its counts, its graph, and what it said.',
  detail: (name: string, when: string) => `Run of ${name}, ${when}`,
  tabs: { graph: 'Graph', metrics: 'Metrics', rejected: 'Rejected', log: 'Log' },
  files: (report: Files) =>
    (
      [
        [report.filesNew, 'new'],
        [report.filesChanged, 'changed'],
        [report.filesAgain, 'done again'],
        [report.filesSkipped, 'skipped'],
        [report.filesGone, 'gone'],
      ] as const
    )
      .map(([count = 0, what]) => `${exact(count)} ${what}`)
      .join(', '),
  filesTitle: 'Files',
  leftOut: (path: string, what: string, stored: number | null, skipped: number | null) =>
    `Left out: ${path} ${what}; ${rowsOf(stored)} of it stored as it was, ${rowsOf(skipped)} not stored`,
  leftOutMore: (files: number) => `Left out: ${exact(files)} more files`,
  facts: {
    in: 'rows in',
    stored: 'stored',
    filtered: 'filtered',
    rejected: 'rejected',
    match: 'row counts match',
    noMatch: 'row counts do not match',
  },
  onCanvas: 'Open the pipeline',
  resume: 'Resume',
  replayAll: 'Replay rejected',
  stop: 'Stop',
  kill: 'Kill',
  killWhy: 'Ends the process at once; the run can be resumed from what it stored',
  stopWhy: 'Finishes what is in flight and ends; the run can be resumed',
  copy: 'Copy command',
  copied: 'The command that runs this headless is copied',
  delete: 'Delete',
  deleted: (name: string, when: string) => `The run of ${name} at ${when} is deleted`,
  undo: 'Undo',
  pruneOld: 'Remove old runs…',
  prune: 'Remove them',
  nothingOld: 'No run is older than 30 days and beyond the newest 100 of its pipeline.',
  old: (runs: number, size: string) =>
    `${exact(runs)} ${runs === 1 ? 'run' : 'runs'} (${size}) are older than 30 days and beyond the newest 100 of their pipeline`,
  oldWhy: 'Unfinished runs and those with rejected rows stay. What is removed cannot be brought back.',
  pruned: (runs: number, size: string) => `${exact(runs)} ${runs === 1 ? 'run is' : 'runs are'} removed (${size})`,
  close: 'Close',
  refused: {
    prune: 'No run was removed',
    stop: 'The run was not stopped',
    kill: 'The run was not killed',
    delete: 'The run was not deleted',
    replay: 'Nothing was replayed',
    open: 'The run cannot be shown',
  },
  broken: 'The pipeline of this run cannot be drawn: its text is no pipeline that this version reads.',
  picture: (nodes: number, edges: number) =>
    `The graph as it was run: ${exact(nodes)} ${nodes === 1 ? 'node' : 'nodes'}, ${exact(edges)} ${edges === 1 ? 'edge' : 'edges'}`,
  out: (count: string) => `${count} out`,
  storedRows: (count: string) => `${count} stored`,
  rejectedRows: (count: string) => `${count} rejected`,
  filteredRows: (count: string) => `${count} filtered`,
} as const
