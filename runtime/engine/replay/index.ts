import type { ReplayQuestion } from '../../server/api/runs.ts'
import { countRejected } from '../deadletters-reader.ts'
import type { Listeners } from '../execution.ts'
import { executeRun, type Started } from '../run.ts'
import { type RunSummary, summarise } from '../runfolder.ts'
import { prepareReplay, type ReplayOptions } from './prepare.ts'
import { askedOf } from './question.ts'
import { refuseHalfReplayed, refuseUnfinished } from './refusals.ts'
import { originalPlaces, rootOf } from './root.ts'
import { replaysOf, settle, unsettled } from './settle.ts'

/**
 * Runs the rejected rows of a run again, mended or not, under its pipeline as it is now. Null and no problem where
 * there is nothing to replay.
 */
export async function replayRun(question: ReplayQuestion, options: ReplayOptions & Listeners): Promise<Started> {
  const asked = summarise(options.run)
  const root = rootOf(asked)
  await finishSettling(root)
  const places = root.id === asked.id ? question : await originalPlaces(question, asked.path, root.path)
  refuseUnfinished(root)
  refuseHalfReplayed(replaysOf(root))
  if (places === null || (await countRejected(root.path)) === 0) return { problems: [], running: null }
  const { problems, prepared } = await prepareReplay({ ...options, run: root.path }, askedOf(places))
  return { problems, running: prepared && (await executeRun(prepared, options)) }
}

/** What a crash left between a replay's end and the file of the rows that it stored. */
async function finishSettling(root: RunSummary): Promise<void> {
  for (const { path } of unsettled(replaysOf(root))) await settle(root, path)
}
