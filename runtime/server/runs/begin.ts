import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CheckOptions, checkFile } from '../../catalogue/check.ts'
import { hasErrors } from '../../engine/prepare.ts'
import { recordedParams } from '../../engine/recorded.ts'
import { readRecord } from '../../engine/runfolder.ts'
import type { RunOrigin } from '../../engine/runprocess.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { Refusal, ResumeRun, RunView, StartRun } from '../api/runs.ts'
import { fileOfId } from '../pipelines/ids.ts'
import { HttpRefusal } from '../refuse.ts'
import { handOver } from './handover.ts'
import type { RunParts } from './parts.ts'
import { refusalOfProblems, refuse } from './refusal.ts'

/** Starts a run of a pipeline in a process of its own; answers when it is at work. */
export async function beginRun(parts: RunParts, asked: StartRun, origin: RunOrigin = 'page'): Promise<RunView> {
  const file = fileOfId(parts.context.folder, asked.pipeline)
  if (!existsSync(file))
    throw new HttpRefusal(404, `there is no pipeline ${asked.pipeline}`, 'It was deleted or renamed.')
  return await alone(parts, file, async (signal) => {
    const params = Object.entries(asked.params ?? {}).map(([name, value]) => ({ name, value, by: '' }))
    // With --new an output is added to: whether it is, what was stored before decides.
    const counts = ({ code }: Problem) => !(asked.new && code === 'output-exists')
    await refuseProblems(parts, file, { ...textOf(asked.draft), set: asked.set ?? [], params }, counts)
    const draft =
      asked.draft === undefined ? null : handOver(parts.context.state, file, asked.draft, 'The draft cannot be run')
    try {
      const args = [
        ...(draft ? ['--draft', draft] : []),
        ...(asked.set ?? []).flatMap((one) => ['--set', one]),
        ...params.flatMap(({ name, value }) => ['--param', `${name}=${value}`]),
        ...(asked.limit === undefined ? [] : ['--limit', String(asked.limit)]),
        ...(asked.anew ? ['--anew'] : []),
        ...(asked.new ? ['--new'] : []),
      ]
      return await begin(parts, dirname(file), ['run', file, ...args], signal, origin)
    } finally {
      // The run's folder keeps the text by now.
      if (draft) rmSync(draft, { force: true })
    }
  })
}

/** Starts what works on a pipeline; refuses beside another run of it, at work or on its way. */
export async function alone(
  parts: RunParts,
  file: string,
  start: (signal: AbortSignal) => Promise<RunView>,
): Promise<RunView> {
  refuseBesideAnother(parts, file)
  const control = new AbortController()
  parts.starting.set(file, control)
  try {
    return await start(control.signal)
  } finally {
    parts.starting.delete(file)
  }
}

/** Ends the start of a pipeline's run that has not begun: nothing of it stays. */
export function cancelStart({ context, starting }: RunParts, pipeline: string): void {
  const control = starting.get(fileOfId(context.folder, pipeline))
  if (!control) refuse({ error: 'No run of this pipeline is starting.', hint: 'One that is at work can be stopped.' })
  control?.abort()
}

/** Goes on with a run that was stopped or died. */
export async function resume(parts: RunParts, run: RunView, { skipChanged }: ResumeRun): Promise<RunView> {
  if (run.status === 'done')
    refuse({ error: 'The run is finished: there is nothing to go on with.', hint: 'Run starts another.' })
  return await alone(parts, run.file, async (signal) => {
    await refuseOutside(parts, run)
    return await begin(
      parts,
      dirname(run.file),
      ['resume', run.folder, ...(skipChanged ? ['--skip-changed'] : [])],
      signal,
    )
  })
}

/** Refuses to work on a run whose pipeline, or the given text in its place, leads out of the folder. */
export async function refuseOutside(parts: RunParts, run: RunView, given?: string): Promise<void> {
  const draft = given ?? (run.draft ? readFileSync(join(run.folder, 'pipeline.json'), 'utf8') : undefined)
  const record = readRecord(run.folder)
  // Whether it can go on is the run's own to say; here it is only looked at what it may touch.
  await refuseProblems(
    parts,
    run.file,
    { ...textOf(draft), set: record.set, ...recordedParams(record) },
    ({ code }) => code === 'outside',
  )
}

const textOf = (text: string | undefined) => (text === undefined ? {} : { text })

/** Refuses with the problems of a pipeline, those of its paths among them, before a process is started. */
async function refuseProblems(
  { context: { catalogue, cache, guard, signal } }: RunParts,
  file: string,
  asked: CheckOptions,
  counts: (problem: Problem) => boolean,
): Promise<void> {
  const checked = await checkFile(file, { ...asked, catalogue, cache, guard, signal })
  if (hasErrors(checked.problems.filter(counts))) refuse(refusalOfProblems(checked.problems))
}

/** Starts a command that works on a run: `run`, `resume`, `replay`. */
export async function begin(
  { children, registry }: RunParts,
  cwd: string,
  args: readonly string[],
  signal: AbortSignal,
  origin: RunOrigin = 'page',
): Promise<RunView> {
  const begun = await children.start([...args, '--json', '--log-level', 'info'], cwd, signal, origin)
  if ('refusal' in begun) {
    registry.look()
    return refuse(withRun(begun.refusal, registry.list()))
  }
  registry.noteExit(begun.id, begun.folder, null)
  const run = registry.read(begun.id, begun.folder)
  return run ?? refuse({ error: 'The run began, and its folder is gone.', hint: 'Run again.' })
}

function refuseBesideAnother({ registry, starting }: RunParts, file: string): void {
  if (starting.has(file))
    refuse({
      error: 'A run of this pipeline is starting already.',
      hint: 'Wait a moment: it appears when it is at work.',
    })
  registry.look()
  const run = registry.atWork(file)
  if (!run) return
  refuse({
    error: `Another run of this pipeline is at work: ${run.id}.`,
    hint: 'Look at it, stop it, or wait until it has ended.',
    problems: [
      { severity: 'error', code: 'another-run', message: 'another run of this pipeline is at work', place: {} },
    ],
    run,
  })
}

/** A refusal that names a run by its id brings the run along. */
function withRun(refusal: Refusal, runs: readonly RunView[]): Refusal {
  const named = refusal.problems?.find(({ code }) => code === 'another-run' || code === 'unfinished-run')
  const run = named && runs.find(({ id }) => named.message.includes(id))
  return run ? { ...refusal, run } : refusal
}
