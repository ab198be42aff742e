import { Router } from 'express'
import type { RunView } from '../api/runs.ts'
import type { ServerContext } from '../context.ts'

/** REST of runs, below `/api`: `/runs`, `/preview`, `/search`, … */
export function runsRouter(_context: ServerContext): Router {
  return Router()
}

/** What the socket says of runs: counters, rows, log lines. */
export function runsSocket(_context: ServerContext): void {}

/** The latest run of each pipeline, by its id, for the list of pipelines. */
export function latestRuns(_context: ServerContext): ReadonlyMap<string, RunView> {
  return new Map()
}
