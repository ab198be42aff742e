import { type Checked, checkFile } from '../catalogue/check.ts'
import { errorWithoutSecrets } from '../catalogue/secrets.ts'
import { hasErrors, withSecrets } from '../engine/prepare.ts'
import { search as ask } from '../engine/search.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { printProblem } from '../pipeline/print.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { type ColumnType, type Field, types } from '../pipeline/types.ts'
import { pageOfRows } from '../rows/index.ts'
import type { SearchAnswer } from '../server/api/rows.ts'
import { stops } from './order.ts'
import { givenByPage, type PageParams } from './params.ts'
import type { PreviewWorld } from './preview.ts'

/** A search's question with the pipeline's file, absolute. */
export interface SearchTask {
  readonly file: string
  /** The draft; undefined: the file as it is. */
  readonly text?: string
  /** Values of its parameters. */
  readonly params?: PageParams
  /** The sink that is searched. */
  readonly node: string
  readonly question: string
  readonly rows?: number
}

const usualRows = 20

/** The stored rows nearest to a question, `_distance` first; the model stays open for the next one. */
export async function searchTable(task: SearchTask, world: PreviewWorld, signal: AbortSignal): Promise<SearchAnswer> {
  const { catalogue, cache, guard, sessions } = world
  if (task.question.trim() === '')
    throw new HeadraceError('empty-question', 'the question is empty', { hint: 'Write what you look for: sad cat' })
  const text = task.text === undefined ? {} : { text: task.text }
  const params = givenByPage(task.params)
  const checked = await checkFile(task.file, { ...text, params, catalogue, cache, signal, ...(guard && { guard }) })
  refuseProblems(checked, task.node)
  const { resolved, secrets } = await withSecrets(checked)
  try {
    const { rows, milliseconds, sink } = await ask(resolved, task.question, {
      limit: task.rows ?? usualRows,
      sink: task.node,
      withSession: (model, use) => sessions.with(model, checked.folder, use),
    })
    return { rows: pageOfRows(fieldsOf(rows, sink), rows), milliseconds: Math.round(milliseconds * 10) / 10 }
  } catch (error) {
    throw errorWithoutSecrets(error, secrets)
  }
}

/** Only what the search needs must be right: the sink, and what leads to it. */
function refuseProblems({ problems, nodes, pipeline }: Checked, sink: string): void {
  const above = new Set([sink])
  for (const id of above) for (const { from } of nodes[id]?.inputs ?? []) above.add(from.node)
  const wrong = problems.filter(stops).filter(({ place }) => !pipeline || !place.node || above.has(place.node))
  const [first] = wrong
  if (!first || !hasErrors(wrong)) return
  throw new HeadraceError(first.code, printProblem({ ...first, place: { node: first.place.node ?? sink } }), {
    place: first.place,
    ...(first.hint && { hint: first.hint }),
  })
}

/** The columns of an answer: the distance, then those of the sink in their order. */
function fieldsOf(rows: readonly Record<string, unknown>[], { input }: CheckedNode): Field[] {
  const names = Object.keys(rows[0] ?? {}).filter((name) => name !== '_distance')
  const types = names.map((name) => ({ name, type: input?.field(name)?.type ?? guess(rows, name) }))
  return [{ name: '_distance', type: distance }, ...types]
}

const distance: ColumnType = { kind: 'float', bits: 32 }

/** A column that only the stored table has. */
function guess(rows: readonly Record<string, unknown>[], name: string): ColumnType {
  const value = rows.map((row) => row[name]).find((one) => one !== null)
  if (typeof value === 'bigint') return types.int64
  if (typeof value === 'number') return types.float64
  return typeof value === 'boolean' ? types.bool : types.string
}
