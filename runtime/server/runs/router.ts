import { resolve } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { type Request, type Response, Router } from 'express'
import { pruneRuns, removeRun, usualLimits } from '../../engine/prune.ts'
import { askStop, processOf } from '../../engine/runask.ts'
import { remember } from '../../engine/stored/fold.ts'
import type { Pruned, RunView } from '../api/runs.ts'
import { fieldsOf, textOf } from '../body.ts'
import { countAsked, replayAsked, resumeAsked, startAsked } from './asked.ts'
import { beginRun, cancelStart, resume } from './begin.ts'
import { followRun } from './follow.ts'
import { type RunParts, runOf } from './parts.ts'
import { refuse } from './refusal.ts'
import { beginReplay } from './replay.ts'
import { idOf } from './view.ts'

/** `/runs`: the list; start, follow, stop, kill, resume, delete. */
export function runsRoutes(parts: RunParts): Router {
  const { registry, live, ended } = parts
  const router = Router()
  const follow = (run: RunView, request: Request, response: Response) =>
    followRun(run, response, {
      live,
      ended: (signal) => ended(run.id, signal),
      milliseconds: Math.max(100, countAsked(request, 'every', 1000)),
    })
  router.get('/runs', (request, response) => {
    const { pipeline } = request.query
    const all = registry.list(typeof pipeline === 'string' ? pipeline : undefined)
    response.json(all.slice(0, countAsked(request, 'limit', all.length)))
  })
  router.post('/runs', async (request, response) => {
    const run = await beginRun(parts, startAsked(request))
    if (textOf(request.query['follow']) === '') response.status(201).json(run)
    else await follow(run, request, response)
  })
  router.post('/runs/cancel', (request, response) => {
    cancelStart(parts, fieldsOf(request, { pipeline: 'text' }).pipeline)
    response.status(202).json({ cancelled: true })
  })
  router.post('/runs/prune', async (request, response) => {
    response.json(await prune(parts, fieldsOf(request, { dryRun: 'boolean' }).dryRun))
  })
  router.get('/runs/:id/follow', async (request, response) => {
    await follow(runOf(parts, request.params.id), request, response)
  })
  router.post('/runs/:id/stop', (request, response) => {
    const run = atWork(parts, request.params.id)
    askStop(run.folder)
    response.status(202).json(run)
  })
  router.post('/runs/:id/kill', async (request, response) => {
    response.json(await kill(parts, atWork(parts, request.params.id)))
  })
  router.post('/runs/:id/resume', async (request, response) => {
    response.status(201).json(await resume(parts, runOf(parts, request.params.id), resumeAsked(request)))
  })
  router.post('/runs/:id/replay', async (request, response) => {
    response.status(201).json(await beginReplay(parts, runOf(parts, request.params.id), replayAsked(request)))
  })
  router.delete('/runs/:id', (request, response) => {
    const run = runOf(parts, request.params.id)
    if (run.status === 'running') refuse({ error: 'The run is at work.', hint: 'Stop it first.' })
    remove(run)
    registry.read(run.id, run.folder)
    response.status(204).end()
  })
  return router
}

function atWork(parts: RunParts, id: string): RunView {
  const run = runOf(parts, id)
  const now = parts.registry.read(run.id, run.folder)
  return now?.status === 'running' ? now : refuse({ error: 'The run has ended already.' })
}

function remove({ folder, file }: RunView): void {
  try {
    // Which files it stored is known after it.
    remember(resolve(folder, '..', '..'), file)
    removeRun(folder)
  } catch (error) {
    refuse({ error: `The run's folder cannot be deleted: ${(error as Error).message}.`, hint: `It is ${folder}.` })
  }
}

/** Removes what is old of this folder's pipelines. */
async function prune({ context, registry }: RunParts, dryRun: boolean): Promise<Pruned> {
  const of = (pipeline: string) => idOf(pipeline, context.folder) !== null
  const options = { ...usualLimits, of, dryRun, now: Date.now() }
  const judged = (await Promise.all(registry.states().map((state) => pruneRuns(state, options)))).flat()
  registry.look()
  const removed = judged.filter(({ keptFor }) => keptFor === null).map(({ keptFor: _, ...run }) => run)
  return { removed, kept: judged.length - removed.length }
}

/** Ends a run's process at once and waits until it is gone. */
async function kill({ registry }: RunParts, run: RunView): Promise<RunView | undefined> {
  const before = processOf(run.folder)
  if (before) {
    registry.noteKill(run.id)
    process.kill(before.pid, 'SIGKILL')
  }
  for (let waited = 0; waited < 3000 && processOf(run.folder); waited += 20) await after(20)
  return registry.read(run.id, run.folder)
}
