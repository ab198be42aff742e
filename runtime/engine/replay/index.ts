import { resolve } from 'node:path'
import type { ReplayQuestion } from '../../server/api/runs.ts'
import { countRejected } from '../deadletters-reader.ts'
import { type Begin, locked, type Started, started } from '../run.ts'
import { newRunId, type RunSummary, summarise } from '../runfolder.ts'
import { prepareReplay, type ReplayOptions } from './prepare.ts'
import { askedOf } from './question.ts'
import { refuseHalfReplayed, refuseUnfinished } from './refusals.ts'
import { originalPlaces, rootOf } from './root.ts'
import { replaysOf, settle, unsettled } from './settle.ts'

/**
 * Runs the rejected rows of a run again, mended or not, under its pipeline as it is now. Null and no problem where
 * there is nothing to replay.
 */
export async function replayRun(question: ReplayQuestion, options: ReplayOptions & Begin): Promise<Started> {
  const { path, run } = summarise(options.run)
  const id = newRunId(new Date())
  return await locked(resolve(path, '..', '..'), run.pipeline, id, options, async (lock) => {
    const asked = summarise(options.run)
    const root = rootOf(asked)
    await finishSettling(root)
    const places = root.id === asked.id ? question : await originalPlaces(question, asked.path, root.path)
    refuseUnfinished(root)
    refuseHalfReplayed(replaysOf(root))
    if (places === null || (await countRejected(root.path)) === 0) return { problems: [], running: null }
    const prepared = await prepareReplay({ ...options, id, run: root.path }, askedOf(places))
    return await started(prepared, options, lock)
  })
}

/** What a crash left between a replay's end and the file of the rows that it stored. */
async function finishSettling(root: RunSummary): Promise<void> {
  for (const { path } of unsettled(replaysOf(root))) await settle(root, path)
}
