import { checkFile } from '../catalogue/check.ts'
import { hasErrors } from '../engine/prepare.ts'
import { search as ask } from '../engine/search.ts'
import { printProblem } from '../pipeline/print.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { givenParams, type ParamFlags } from './params.ts'
import { styled } from './print.ts'

/** `headrace search`: the stored rows nearest to a question, nearest first. */
export async function search(
  file: string,
  question: string,
  flags: ParamFlags & { node?: string; rows: number; json?: boolean },
): Promise<number> {
  const checked = await checkFile(file, { params: givenParams(flags) })
  // The table that a run has filled is what is asked for here.
  const problems = checked.problems.filter(({ code }) => code !== 'output-exists')
  if (hasErrors(problems)) {
    for (const problem of problems) process.stderr.write(`${printProblem(problem)}\n`)
    if (flags.json) process.stdout.write(`${JSON.stringify({ status: 'refused', problems })}\n`)
    return 2
  }
  if (question.trim() === '')
    throw new HeadraceError('empty-question', 'the question is empty', {
      hint: 'Write what you look for: headrace search PIPELINE "sad cat"',
    })
  const { rows, milliseconds } = await ask(checked, question, {
    limit: flags.rows,
    ...(flags.node && { sink: flags.node }),
  })
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ question, milliseconds, rows }, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`,
    )
    return 0
  }
  for (const row of rows) {
    const { _distance: distance, ...columns } = row
    const shown = Object.entries(columns).filter(([, value]) => !isVector(value))
    const cells = shown.map(([name, value]) => `${styled('dim', `${name}:`)} ${short(String(value))}`)
    process.stdout.write(`${Number(distance).toFixed(3)}  ${cells.join('  ')}\n`)
  }
  if (rows.length === 0) process.stdout.write('nothing is stored yet\n')
  else
    process.stdout.write(
      `${styled('dim', `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} in ${Math.round(milliseconds)} ms`)}\n`,
    )
  return 0
}

/** A long text is cut; `--json` has it whole. */
const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text)

/** Vectors say nothing to a reader. */
const isVector = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Date) &&
  Number((value as { length?: number }).length) > 16
