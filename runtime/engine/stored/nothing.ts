import type { Checked } from '../../catalogue/check.ts'
import { plainValues } from '../../pipeline/params/resolve.ts'
import type { Report } from '../report.ts'
import type { FileCounts } from './selection.ts'

/** The report of a run that was not begun: nothing was new, no sink was touched, and there is no folder. */
export interface NothingNew
  extends Pick<
      Report,
      'pipeline' | 'params' | 'seconds' | 'nodes' | 'rows' | 'balanced' | 'deadLetters' | 'outputs' | 'drift'
    >,
    FileCounts {
  readonly runId: null
  readonly folder: null
  readonly status: 'done'
  readonly exitCode: 0
  /** One line for people. */
  readonly message: string
}

/** Says that there is nothing to do, in the shape of a report. */
export function nothingNew(pipeline: string, checked: Checked, counts: FileCounts): NothingNew {
  return {
    runId: null,
    folder: null,
    pipeline,
    params: plainValues(checked.values),
    status: 'done',
    exitCode: 0,
    message: `nothing new: ${fileWords(counts)}`,
    seconds: 0,
    nodes: {},
    rows: { in: 0, stored: 0, filtered: 0, rejected: 0 },
    balanced: true,
    deadLetters: { count: 0, file: null },
    outputs: [],
    drift: [],
    ...counts,
  }
}

/** `2 files new, 1 changed, 12 skipped, 1 gone`: what is not 0, and always something. */
export function fileWords(counts: Partial<FileCounts>): string {
  const { filesNew = 0, filesChanged = 0, filesAgain = 0, filesSkipped = 0, filesGone = 0 } = counts
  const all: [number, string][] = [
    [filesNew, 'new'],
    [filesChanged, 'changed'],
    [filesAgain, 'done again'],
    [filesSkipped, 'skipped'],
    [filesGone, 'gone'],
  ]
  const some = all.filter(([count]) => count > 0)
  const [first, ...rest] = some
  if (!first) return 'no files'
  const number = (count: number) => count.toLocaleString('en')
  return [
    `${number(first[0])} ${first[0] === 1 ? 'file' : 'files'} ${first[1]}`,
    ...rest.map(([count, what]) => `${number(count)} ${what}`),
  ].join(', ')
}
