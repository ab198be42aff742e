import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { quoted, runWords } from '../../engine/resume/words.ts'
import type { RunRecord } from '../../engine/runfolder.ts'
import type { RunView } from '../api/runs.ts'

/** The line that does a run's work again without the page, for a shell. */
export function headlessCommand(run: RunView, command: string): string {
  const record = JSON.parse(readFileSync(join(run.folder, 'run.json'), 'utf8')) as RunRecord // as the run wrote it
  return `${quoted(command)} run ${runWords({ ...record, pipeline: run.file }).join(' ')}`
}
