import type { Report } from '../../engine/report.ts'
import type { Snapshot } from '../../engine/snapshot.ts'
import type { ParamValue } from '../../pipeline/params/value.ts'
import type { Problem } from '../../pipeline/problem.ts'
import type { Json } from '../../sdk/node.ts'

export type RunStatus = 'running' | 'done' | 'failed' | 'stopped' | 'unfinished'

/** A run in the list: GET /api/runs?pipeline=ID. */
export interface RunView {
  readonly id: string
  /** Null where its file lies outside the folder. */
  readonly pipeline: string | null
  readonly file: string
  readonly name: string
  readonly status: RunStatus
  /** Milliseconds since 1970. */
  readonly started: number
  /** Where it came from: this server's page, its schedule, or a terminal. */
  readonly origin: 'page' | 'terminal' | 'schedule'
  readonly draft: boolean
  /** What the pipeline's parameters were. */
  readonly params: { readonly [name: string]: ParamValue }
  readonly seconds: number | null
  readonly rows: Report['rows'] | null
  readonly balanced: boolean | null
  readonly exitCode: number | null
  /** One sentence, where it did not end well. */
  readonly error: { readonly message: string; readonly hint?: string; readonly node?: string } | null
  readonly rejected: number
  /** Rejected rows of this run that replays took up; what became of them counts in the replays. */
  readonly replayed: number
  /** Source rows, where every source knows them. */
  readonly rowsExpected: number | null
  readonly replayOf: string | null
  /** How large its folder is; null while it is at work. */
  readonly bytes: number | null
  readonly folder: string
}

/** GET /api/runs/:id */
export interface RunDetail extends RunView {
  readonly report: Report | null
  /** The pipeline as it was run. */
  readonly text: string
  readonly command: string
  readonly last: Snapshot | null
}

/**
 * POST /api/runs gives `RunView`, or 409 with `Refusal`. Until then, while large sources are counted, POST
 * /api/runs/cancel { pipeline } ends the start.
 */
export interface StartRun {
  readonly pipeline: string
  /** Run this text, not the file's. */
  readonly draft?: string
  readonly set?: readonly string[]
  /** Values of the pipeline's parameters; the others come from the environment or their defaults. */
  readonly params?: { readonly [name: string]: ParamValue }
  readonly limit?: number
  readonly anew?: boolean
  /** Only files that no completed run has stored. */
  readonly new?: boolean
}

/** POST /api/runs/:id/resume */
export interface ResumeRun {
  /** Go on without what is not yet stored of files that are others now, or gone. */
  readonly skipChanged?: boolean
}

export interface Refusal {
  readonly error: string
  readonly hint?: string
  readonly problems?: readonly Problem[]
  /** The run of this pipeline that is at work already. */
  readonly run?: RunView
}

/** POST /api/runs?follow=1 and GET /api/runs/:id/follow: one JSON object a line, counters about once a second. */
export type FollowLine =
  | { readonly type: 'started'; readonly run: RunView }
  | ({ readonly type: 'counters' } & Snapshot)
  | { readonly type: 'ended'; readonly run: RunView; readonly report: Report | null }

/** GET /api/runs/:id/metrics?since=MS: the samples in order of time. */
export type MetricsHistory = readonly Snapshot[]

/**
 * POST /api/runs/prune { dryRun }: removes runs of this folder's pipelines that are older than 30 days and not among their
 * pipeline's newest 100, as `headrace runs prune` does; with `dryRun` it only says which those are.
 */
export interface Pruned {
  readonly removed: readonly { readonly id: string; readonly pipeline: string; readonly bytes: number }[]
  readonly kept: number
}

/** What a run's folder has and cannot be read: damaged, locked. */
export interface Unreadable {
  readonly error: string
  readonly hint: string
}

export interface LogLine {
  readonly at: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly node?: string
}

/** GET /api/runs/:id/log?after=PLACE: the lines after a place, at most 1,000; without `after` the last 1,000. */
export interface LogPage {
  readonly lines: readonly LogLine[]
  /** The place to ask after next time. */
  readonly next: number
}

/** POST /api/runs/:id/replay: the rejected rows again, mended ones with their new text. */
export interface ReplayQuestion {
  /** Places in the file; undefined: all. */
  readonly rows?: readonly number[]
  /** New raw text (rows of a source) by place. */
  readonly raw?: { readonly [index: string]: string }
  /** New values by place and column. */
  readonly values?: { readonly [index: string]: { readonly [column: string]: Json } }
  /** Under this text, not the file's; without it a run of a draft is replayed with its own. */
  readonly draft?: string
}
