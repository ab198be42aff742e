import type { Checked } from '../catalogue/check.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { listRuns, type RunRecord } from './runfolder.ts'
import { recall } from './stored/fold.ts'
import type { FileVersion } from './versions.ts'

/** Whether a node is a sink that adds to an output. */
export const isAppending = ({ definition, config }: CheckedNode): boolean =>
  definition.kind === 'sink' && config['ifExists'] === 'append'

/** Throws where an unfinished run has added rows to an output that this one would add again. */
export function refuseBesideUnfinished(state: string, file: string, checked: Checked): void {
  const appends = Object.values(checked.nodes).filter(isAppending)
  if (appends.length === 0) return
  const runs = listRuns(state).filter(({ run }) => run.pipeline === file)
  const finished = runs.findIndex((run) => run.finished)
  // One that was started anew and stored nothing yet does not hide the one before it.
  const unfinished = finished < 0 ? runs : runs.slice(0, finished)
  const holds = ({ committed }: (typeof runs)[number]) => appends.find(({ id }) => committed.includes(id))
  const last = unfinished.find(holds)
  if (!last) return
  throw new HeadraceError(
    'unfinished-run',
    `run ${last.id} of this pipeline has not ended, and ${holds(last)?.id} has stored rows of it already`,
    {
      hint: `Go on with: headrace resume ${last.path}\nOr start anew, which stores those rows again: headrace run ${file} --anew`,
    },
  )
}

/**
 * Throws where another run has stored files of an unfinished one since: taken up again, it would add their rows a second
 * time.
 */
export function refuseStoredSince(state: string, run: RunRecord, files: readonly FileVersion[]): void {
  if (!run.adds || run.replayOf !== null) return
  const { files: stored } = recall(state, run.pipeline)
  for (const { path, hash, size } of files) {
    for (const bySource of stored.values()) {
      const other = bySource.get(path)
      if (!other || other.run <= run.id || other.hash !== hash || other.size !== size) continue
      throw new HeadraceError('overtaken', `run ${run.id} cannot go on: run ${other.run} has stored ${path} since`, {
        place: { file: path },
        hint: `Take what is left: headrace run ${run.pipeline} --new`,
      })
    }
  }
}
