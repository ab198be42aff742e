import type { Checked } from '../catalogue/check.ts'
import { parsePipeline } from '../pipeline/document.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { RunRecord } from './runfolder.ts'

/** Refuses to go on with a run where the pipeline says otherwise now whether identities are stored. */
export function refuseOtherLineage(folder: { run: RunRecord; text: string }, { pipeline }: Checked): void {
  const { id, pipeline: file } = folder.run
  const before = parsePipeline(folder.text, file).pipeline?.settings.lineage ?? false
  const now = pipeline?.settings.lineage ?? false
  if (before === now) return
  const message = `run ${id} cannot go on: settings.lineage was ${before} when it started and is ${now} now`
  throw new HeadraceError('changed-pipeline', message, {
    hint: `Set it back, or start anew: headrace run ${file} --anew`,
  })
}
