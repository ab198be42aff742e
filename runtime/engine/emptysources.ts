import { HeadraceError } from '../pipeline/problem.ts'
import type { SourceProbe } from '../sdk/node.ts'
import type { Prepared } from './prepare.ts'
import type { Progress } from './progress.ts'

/** Throws where a source had no rows: a mistake, unless its settings or the choice of its files say otherwise. */
export function refuseEmpty({ plan, checked, folder: { run } }: Prepared, { books, skipped }: Progress): void {
  if (plan.flow.limit === 0 || run.replay) return
  for (const { id, kind, probe } of plan.flow.nodes) {
    if (kind !== 'source' || (books.get(id)?.in ?? 0) > 0 || checked.nodes[id]?.ifEmpty === 'ok') continue
    if (run.selection?.mayBeEmpty.includes(id)) continue
    if ((probe as unknown as SourceProbe | null)?.files.some(({ path }) => skipped.has(path))) continue
    throw new HeadraceError('no-rows', `${id} has no rows`, {
      place: { node: id },
      hint: 'Look at its path, or say ifEmpty: "ok" where an empty input is right.',
    })
  }
}
