import type { Checked } from '../catalogue/check.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { SinkNode } from '../sdk/node.ts'
import { listRuns, type RunRecord } from './runfolder.ts'
import { recall } from './stored/fold.ts'
import type { FileVersion } from './versions.ts'

/** Whether a node is a sink that adds to an output. */
const isAppending = ({ definition, config }: CheckedNode): boolean =>
  definition.kind === 'sink' && config['ifExists'] === 'append'

/** Whether a node is a sink in whose output rows of earlier runs stay: it adds, or puts documents in the place of theirs. */
export function keepsOld(node: CheckedNode): boolean {
  const { definition, config } = node
  const replaces = definition.kind === 'sink' && (definition as SinkNode).replaces?.(config as never)
  return isAppending(node) || (typeof replaces === 'object' && replaces !== null && config['ifExists'] !== 'replace')
}

/** Throws where an unfinished run has added rows to an output that this one would add again. */
export function refuseBesideUnfinished(state: string, file: string, { nodes, problems }: Checked): void {
  // What stands in the way of a run over new files may be what the unfinished one has stored.
  const inTheWay = problems.filter(({ code }) => code === 'output-exists').map(({ place }) => place.node)
  const appends = Object.values(nodes).filter((node) => isAppending(node) || inTheWay.includes(node.id))
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
