import { resolve } from 'node:path'
import { type Checked, checkFile } from '../catalogue/check.ts'
import { cutSplits, hasErrors, planOf } from '../engine/prepare.ts'
import type { PlannedSplit } from '../engine/runfolder.ts'
import { givenState, stateFolder } from '../engine/statefolder.ts'
import type { Estimated } from '../estimate/estimate.ts'
import { readBytes } from '../pipeline/amounts.ts'
import { printProblem } from '../pipeline/print.ts'
import { defaultMemory } from '../plan/machine.ts'
import type { Plan } from '../plan/plan.ts'
import { estimateText } from './estimate.ts'
import { givenParams, type ParamFlags } from './params.ts'
import { grouped, size, styled } from './print.ts'
import { memoryOf } from './run.ts'

interface PlanFlags extends ParamFlags {
  readonly set?: readonly string[]
  readonly limit?: number
  readonly workers?: number
  readonly memory?: string
  readonly json?: boolean
  readonly state?: string
  readonly estimate?: boolean
}

/** `headrace plan`: how the pipeline would run now, and why. */
export async function plan(file: string, flags: PlanFlags): Promise<number> {
  const checked = await checkFile(file, {
    set: flags.set ?? [],
    params: givenParams(flags),
    memory: memoryOf(flags.memory),
  })
  for (const problem of checked.problems) process.stderr.write(`${printProblem(problem)}\n`)
  if (hasErrors(checked.problems) || !checked.pipeline) {
    if (flags.json) process.stdout.write(`${JSON.stringify({ status: 'refused', problems: checked.problems })}\n`)
    return 2
  }
  const { settings } = checked.pipeline
  const made = planOf(checked, {
    id: 'plan',
    now: Date.now(),
    workers: flags.workers ?? settings?.workers ?? null,
    memory:
      memoryOf(flags.memory) ?? (settings?.memory === undefined ? null : readBytes(settings.memory)) ?? defaultMemory(),
    limit: flags.limit ?? null,
  })
  const splits = await cutSplits(checked, made, new AbortController().signal)
  // A run checks and plans, too, before its first row: what that took it takes again.
  const starting = performance.now()
  if (!flags.json) process.stdout.write(`${describe(made, splits)}\n`)
  const estimated = flags.estimate === false ? null : await estimateOf(file, flags, checked, made, splits, starting)
  if (flags.json) {
    const { flow, ...rest } = made
    const nodes = flow.nodes.map(({ id, type, kind }) => ({ id, type, kind }))
    process.stdout.write(`${JSON.stringify({ ...rest, nodes, edges: flow.edges, splits, ...estimated })}\n`)
  } else if (estimated) process.stdout.write(`${estimateText(estimated, made.memory.peak)}\n`)
  return 0
}

async function estimateOf(
  file: string,
  flags: PlanFlags,
  checked: Checked,
  made: Plan,
  splits: readonly PlannedSplit[],
  starting: number,
): Promise<Estimated> {
  const { estimate } = await import('../estimate/index.ts')
  return await estimate(checked, made, splits, {
    file: resolve(file),
    state: stateFolder(resolve(file), givenState(flags.state)),
    starting,
  })
}

/** How many of a source's columns are read, where not all: nobody behind it looks at the others. */
function readText({ flow }: Plan, source: string): string {
  const { whole, output } = flow.narrow?.find(({ id }) => id === source) ?? {}
  return whole && output ? `; ${output.length} of ${whole.length} columns are read` : ''
}

function describe(made: Plan, splits: readonly PlannedSplit[]): string {
  const bold = (text: string) => styled('bold', text)
  const stages = made.stages.map(
    ({ name, nodes, where, why }) => `  ${bold(name)}: ${nodes.join(' → ')}\n    in ${where}: ${why}`,
  )
  const sources = [...new Set(splits.map(({ source }) => source))].map((source) => {
    const own = splits.filter((split) => split.source === source)
    const rows = own.every(({ split }) => split.rows !== undefined)
      ? `${grouped(own.reduce((sum, { split }) => sum + (split.rows ?? 0), 0))} rows, `
      : ''
    const bytes = own.reduce((sum, { split }) => sum + split.bytes, 0)
    return `  ${source}: ${grouped(own.length)} (${rows}${size(bytes)})${readText(made, source)}`
  })
  const { memory } = made
  const grows = made.flow.nodes.some(({ kind }) => kind === 'table')
  const fixed = memory.fixed.map(({ name, bytes }) => `${name} ${size(bytes)}`).join(' + ')
  return [
    bold('Stages'),
    ...stages,
    `${bold('Lanes')}: ${Math.min(made.lanes, Math.max(1, splits.length))} of ${made.lanes}: ${made.lanesWhy}; never more than there are splits${grows ? ', which nodes that need all rows add to' : ''}`,
    `${bold('Splits')}: at most ${grouped(made.splitRows)} rows or ${size(made.splitBytes)} each${made.models.length ? ', small because a model is on the way' : ''}`,
    ...sources,
    `${bold('Memory')}: at most ${size(memory.peak)} expected`,
    `  ${size(memory.cap)} for rows on their way (${size(memory.perLane)} a lane, which needs ${size(memory.laneNeeds)}) + ${fixed} + 10 %`,
    `  a row of more than ${size(memory.maxRowBytes)} is rejected`,
  ].join('\n')
}
