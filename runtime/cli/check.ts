import { existsSync } from 'node:fs'
import { type Checked, checkFile } from '../catalogue/check.ts'
import { hasErrors } from '../engine/prepare.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { printProblem } from '../pipeline/print.ts'
import type { Problem } from '../pipeline/problem.ts'
import { testFileOf } from '../pipeline/tests/index.ts'
import { typeName } from '../pipeline/types.ts'
import { givenParams, type ParamFlags } from './params.ts'
import { styled } from './print.ts'
import { memoryOf } from './run.ts'

interface CheckFlags extends ParamFlags {
  readonly set?: readonly string[]
  readonly memory?: string
  readonly json?: boolean
  /** `--no-data`. */
  readonly data?: boolean
}

/** `headrace check`: every problem at once, and the columns that leave each node. */
export async function check(file: string, flags: CheckFlags): Promise<number> {
  const checked = await checkFile(file, {
    set: flags.set ?? [],
    params: givenParams(flags),
    memory: memoryOf(flags.memory),
    noData: flags.data === false,
  })
  const { nodes, order, pipeline } = checked
  const problems = [...checked.problems, ...(await problemsOfTests(file, checked))]
  const columns = Object.fromEntries(
    order.map((id) => [
      id,
      leaving(nodes[id])?.fields.map(({ name, type }) => ({ name, type: typeName(type) })) ?? null,
    ]),
  )
  const bad = hasErrors(problems) || !pipeline
  if (flags.json) process.stdout.write(`${JSON.stringify({ ok: !bad, problems, columns })}\n`)
  else {
    for (const problem of problems) process.stderr.write(`${printProblem(problem)}\n`)
    if (!bad) {
      for (const [id, fields] of Object.entries(columns)) {
        const list = fields?.map(({ name, type }) => `${name} ${styled('dim', type)}`).join(', ')
        process.stdout.write(`${styled('bold', id)}: ${list ?? styled('dim', 'columns not known')}\n`)
      }
      process.stdout.write(`${styled('green', 'no problems')}: ${order.length} nodes\n`)
    }
  }
  return bad ? 2 : 0
}

/** The columns that leave a node; of a sink those that it stores. */
const leaving = (node: CheckedNode | undefined) => (node?.definition.kind === 'sink' ? node.input : node?.output)

/** What is wrong with the tests beside the pipeline; their code is loaded where there are some. */
async function problemsOfTests(file: string, checked: Checked): Promise<Problem[]> {
  if (!checked.pipeline || !existsSync(testFileOf(file))) return []
  return await (await import('../tests/find.ts')).checkTests(file, checked)
}
