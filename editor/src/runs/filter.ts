import type { RunStatus, RunView } from '@headrace/runtime/api'

/** Which runs are listed. */
export interface RunFilter {
  readonly text: string
  readonly pipeline: string | null
  readonly status: RunStatus | null
}

/** The runs that a filter leaves, in their order. */
export function filteredRuns(runs: readonly RunView[], { text, pipeline, status }: RunFilter): RunView[] {
  const wanted = text.trim().toLowerCase()
  return runs.filter(
    (run) =>
      (pipeline === null || run.name === pipeline) &&
      (status === null || run.status === status) &&
      (wanted === '' ||
        [run.name, run.id, run.file, run.error?.message].some((part) => part?.toLowerCase().includes(wanted))),
  )
}

/** How a column of the list orders runs; nulls last. */
export function sortedRuns(runs: readonly RunView[], sort: { column: string; descending: boolean } | null): RunView[] {
  if (!sort) return [...runs]
  const sign = sort.descending ? -1 : 1
  return [...runs].sort((a, b) => {
    const [x, y] = [keyOf(a, sort.column), keyOf(b, sort.column)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return x < y ? -sign : x > y ? sign : 0
  })
}

function keyOf(run: RunView, column: string): string | number | null {
  switch (column) {
    case 'status':
      return run.status
    case 'name':
      return run.name.toLowerCase()
    case 'started':
      return run.started
    case 'time':
      return run.seconds
    case 'stored':
      return run.rows?.stored ?? null
    case 'filtered':
      return run.rows?.filtered ?? null
    case 'rejected':
      return run.rejected
    case 'match':
      return run.balanced === null ? null : Number(run.balanced)
    case 'origin':
      return run.origin
    case 'size':
      return run.bytes
    default:
      return null
  }
}
