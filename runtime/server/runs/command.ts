import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../../engine/runfolder.ts'
import type { RunView } from '../api/runs.ts'

/** The line that does a run's work again without the page, for a shell. */
export function headlessCommand(run: RunView, command: string): string {
  const {
    set,
    params = {},
    limit,
    selection,
  } = JSON.parse(readFileSync(join(run.folder, 'run.json'), 'utf8')) as RunRecord // as the run wrote it
  const words = [
    run.file,
    // With --new outputs are added to anyway.
    ...set.filter((one) => !selection || !/^[^=]*\.ifExists=append$/.test(one)).flatMap((one) => ['--set', one]),
    ...Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ...(limit === null ? [] : ['--limit', String(limit)]),
    ...(selection?.mode === 'new' ? ['--new'] : []),
    ...(selection?.since ? ['--since', selection.since] : []),
    ...(selection?.files ? ['--files', selection.files] : []),
  ]
  return `${quoted(command)} run ${words.map(quoted).join(' ')}`
}

/** A word as a shell takes it: in quotes where it needs them. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
