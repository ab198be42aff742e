import type { RunRecord } from '../runfolder.ts'

/** The words that follow `headrace run` where a run's work is to be done again, as a shell takes them. */
export function runWords({ pipeline, set, params = {}, limit, selection }: RunRecord): string[] {
  const words = [
    pipeline,
    // With --new outputs are added to anyway.
    ...set.filter((one) => !selection || !/^[^=]*\.ifExists=append$/.test(one)).flatMap((one) => ['--set', one]),
    ...Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ...(limit === null ? [] : ['--limit', String(limit)]),
    ...(selection?.mode === 'new' ? ['--new'] : []),
    ...(selection?.since ? ['--since', selection.since] : []),
    ...(selection?.files ? ['--files', selection.files] : []),
  ]
  return words.map(quoted)
}

/** A word as a shell takes it: in quotes where it needs them. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** The command that starts a run's work anew. */
export const anewCommand = (run: RunRecord): string => `headrace run ${runWords(run).join(' ')} --anew`
