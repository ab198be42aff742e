import { stat } from 'node:fs/promises'
import { Router } from 'express'
import { parsePipeline } from '../../pipeline/document.ts'
import type { PipelineSchedule } from '../../pipeline/model.ts'
import { sentenceOf } from '../../schedule/sentence.ts'
import { readTimetable, usualZone } from '../../schedule/timetable.ts'
import type { Refusal } from '../api/runs.ts'
import type { ScheduleTimes } from '../api/schedules.ts'
import { fieldsOf, textOf } from '../body.ts'
import type { ServerContext } from '../context.ts'
import { readPipelineFile } from '../pipelines/file.ts'
import { fileOfId } from '../pipelines/ids.ts'
import type { Found } from '../pipelines/list.ts'
import { HttpRefusal } from '../refuse.ts'
import { beginRun } from '../runs/begin.ts'
import { runPartsOf } from '../runs/parts.ts'
import { keeper } from './keep.ts'
import { type Began, Scheduler } from './scheduler.ts'

const lookMilliseconds = 1000

/** Runs the folder's pipelines when they are due, as long as the server is at work. */
export function startSchedules(context: ServerContext): Scheduler {
  const parts = runPartsOf(context)
  const { io, log, signal, closing } = context
  const scheduler = new Scheduler(
    {
      now: () => Date.now(),
      schedule: scheduleReader(context.folder),
      atWork: (pipeline) => {
        parts.registry.look()
        const file = fileOfId(context.folder, pipeline)
        return parts.registry.atWork(file)?.id ?? (parts.starting.has(file) ? 'that is starting' : null)
      },
      start: (pipeline, { new: onlyNew }) =>
        beginRun(parts, { pipeline, ...(onlyNew && { new: true }) }, 'schedule').then(
          ({ id }) => ({ run: id }),
          refusedAs,
        ),
      status: (run) => parts.registry.get(run)?.status ?? null,
      ended: async (run) => (await parts.ended(run, signal))?.status ?? null,
      changed: (pipeline) => io.emit('schedule', pipeline),
      log: (message) => log('warn', message),
    },
    keeper(context.own),
  )
  const timer = setInterval(() => void look(), lookMilliseconds).unref()
  const look = () =>
    scheduler.tick().catch((error: Error) => log('error', `schedules: ${error.stack ?? error.message}`))
  closing.push(() => {
    clearInterval(timer)
    scheduler.close()
  })
  return scheduler
}

function refusedAs(error: unknown): Began {
  if (!(error instanceof HttpRefusal)) return { refused: (error as Error).message }
  const { problems, hint } = error.body as Partial<Refusal>
  if (problems?.some(({ code }) => code === 'nothing')) return { nothing: error.message }
  return { refused: [error.message, hint].filter(Boolean).join(' ') }
}

/** Reads the schedule in a pipeline's saved file; a file that did not change is not read again. */
function scheduleReader(folder: string): (pipeline: string) => Promise<PipelineSchedule | null | undefined> {
  const known = new Map<string, { readonly mark: string; readonly schedule: PipelineSchedule | null }>()
  return async (pipeline) => {
    const file = fileOfId(folder, pipeline)
    const about = await stat(file).catch(() => null)
    if (!about?.isFile()) return undefined
    const mark = `${about.size}:${about.mtimeMs}:${about.ino}`
    const before = known.get(pipeline)
    if (before?.mark === mark) return before.schedule
    const found = await readPipelineFile(file).catch(() => null)
    const schedule = (found && parsePipeline(found.text).pipeline?.settings.schedule) ?? null
    known.set(pipeline, { mark, schedule })
    return schedule
  }
}

/** `/schedules`: which pipelines have one, whether they are on here, what became of them. */
export function schedulesRouter({ folder }: ServerContext, scheduler: Scheduler, list: () => Promise<Found[]>): Router {
  const router = Router()
  router.get('/schedules', async (_request, response) => {
    const ids = new Set([...(await list()).map(({ id }) => id), ...scheduler.known()])
    const views = await Promise.all([...ids].sort().map((id) => scheduler.view(id)))
    response.json(views.filter((view) => view !== null))
  })
  router.get('/schedules/times', async (request, response) => {
    const cron = textOf(request.query['cron'])
    const table = await readTimetable({ cron, timeZone: textOf(request.query['timeZone']) || usualZone })
    const times: ScheduleTimes =
      'part' in table
        ? { words: '', next: [], problem: table }
        : { words: sentenceOf(cron), next: table.between(Date.now(), Number.POSITIVE_INFINITY, 3), problem: null }
    response.json(times)
  })
  router.put('/schedules/:id', async (request, response) => {
    const { on } = fieldsOf(request, { on: 'boolean' })
    const { id } = request.params
    fileOfId(folder, id)
    const before = await scheduler.view(id)
    if (on && (!before || before.problem))
      throw new HttpRefusal(
        409,
        before?.problem ?? `the saved file of ${id} has no schedule`,
        'Set one in the settings of the pipeline, and save it.',
      )
    await scheduler.turn(id, on)
    response.json(await scheduler.view(id))
  })
  return router
}
