import { join } from 'node:path'
import { summarise } from '../runfolder.ts'
import { settle } from './settle.ts'

/** After a replay is done: its rows leave the file of the run that rejected them. */
export async function settleReplay(path: string): Promise<void> {
  const { run, finished } = summarise(path)
  if (!finished || run.replayOf === null) return
  const original = join(path, '..', run.replayOf)
  await settle({ id: run.replayOf, path: original }, path)
}
