import { ownPlace } from '../catalogue/own/frames.ts'
import type { Descriptor, Failure, PoolHandle } from '../memory/index.ts'
import { fault } from '../pipeline/fault.ts'
import { HeadraceError, type Place } from '../pipeline/problem.ts'
import type { Receipt } from '../sdk/node.ts'
import type { PartsDone } from './apart/apart.ts'
import type { Limits } from './batching.ts'
import type { ModelSuspects } from './crash/crashes.ts'
import type { RowRange } from './crash/notes.ts'
import type { PackedRows } from './crash/rows.ts'
import type { Watching } from './crash/watched.ts'
import type { StagedDeadLetters } from './deadletters.ts'
import type { SplitResult, SplitTask } from './flow.ts'
import type { FlowPlan, NodePlan } from './flowplan.ts'
import type { Limit } from './judge.ts'
import type { TappedRows } from './taps.ts'

/** An error on its way between threads: a HeadraceError keeps what it knows. */
export interface ErrorMessage {
  readonly code: string
  readonly message: string
  readonly place: Place
  readonly hint?: string
  readonly fault: boolean
  readonly stack?: string
  readonly cause?: string
}

export function packError(error: unknown): ErrorMessage {
  const passing = fault(error)
  const known = error instanceof HeadraceError ? error : passing
  const { message: said, stack, cause } = error instanceof Error ? error : new Error(String(error))
  const own = known ? null : ownPlace(stack)
  const message = own ? `${said} (${own.file}:${own.line}:${own.position})` : said
  return {
    code: known?.code ?? 'crash',
    message,
    place: known?.place ?? own ?? {},
    fault: passing !== null,
    ...(known?.hint && { hint: known.hint }),
    ...(stack && { stack }),
    ...(cause !== undefined && { cause: cause instanceof Error ? cause.message : String(cause) }),
  }
}

/** Whatever was thrown as an error that says what to do; what the system says keeps its code. */
export function knownError(thrown: unknown, code: string, place: Place = {}): HeadraceError {
  const known = fault(thrown) ?? (thrown instanceof HeadraceError ? thrown : null)
  if (known?.place.node) return known
  const { message } = thrown instanceof Error ? thrown : { message: String(thrown) }
  return new HeadraceError(known?.code ?? code, known?.message ?? message, {
    place: { ...place, ...known?.place },
    fault: known?.fault ?? false,
    ...(known?.hint && { hint: known.hint }),
    cause: thrown,
  })
}

/** Has what a node's function throws name the node. */
export async function inNode<T>(node: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw knownError(error, 'sink', { node })
  }
}

export function unpackError(packed: ErrorMessage, place: Place = {}): HeadraceError {
  const { code, message, hint, cause } = packed
  const error = new HeadraceError(code, message, {
    place: { ...place, ...packed.place },
    fault: packed.fault,
    ...(hint && { hint }),
    ...(cause !== undefined && { cause }),
  })
  if (packed.stack && code === 'crash') error.stack = packed.stack
  return error
}

// `at` is when it was sent: every thread of a process has the same clock (`performance.now`).

/** What a lane is started with. */
export interface LaneStart {
  readonly plan: FlowPlan
  readonly lane: number
  /** Values to be taken out of whatever is written about rows. */
  readonly secrets: readonly string[]
  /** Rows that the counters have in all; a lane writes the row of its number. */
  readonly writers: number
  readonly pool: PoolHandle
  readonly counters: SharedArrayBuffer
  /** A flag an edge: whether its next rows are wanted. */
  readonly taps: Int32Array
  /** Where parts are staged, by the end's id. */
  readonly stageFolders: { readonly [end: string]: string }
  /** How many records the ledger had: part of the names of staged files. */
  readonly started: number
  /** The run's folder for spill files and staged dead letters. */
  readonly workFolder: string
  readonly outBefore: { readonly [node: string]: number }
  readonly poison: boolean
  readonly watching: Watching
  readonly errorLimit: Limit | null
}

export type ToLane =
  | { readonly type: 'split'; readonly task: SplitTask }
  | { readonly type: 'model'; readonly resource: string; readonly port: import('node:worker_threads').MessagePort }
  /** Free memory is to go back to the machine. */
  | { readonly type: 'trim' }
  /** Some rows of a split are durable, or why not. */
  | { readonly type: 'stored'; readonly call: number; readonly error?: ErrorMessage; readonly ofRows?: boolean }
  | { readonly type: 'abort' }
  | { readonly type: 'close' }

export interface StorePart {
  readonly type: 'store'
  readonly call: number
  readonly end: string
  readonly split: number
  readonly receipt: Receipt
  readonly part: PartsDone
  readonly range: RowRange
}

export type FromLane =
  | { readonly type: 'ready' }
  /** Some rows of a split are to be made durable before the next ones are staged. */
  | StorePart
  | { readonly type: 'trimmed' }
  | {
      readonly type: 'staged'
      readonly result: SplitResult
      readonly deadLetters: StagedDeadLetters | null
      readonly at: number
    }
  | { readonly type: 'failed'; readonly split: number; readonly error: ErrorMessage; readonly at: number }
  | { readonly type: 'rows'; readonly rows: TappedRows }
  | {
      readonly type: 'log'
      readonly level: 'debug' | 'info' | 'warn'
      readonly node: string
      readonly split: number
      readonly message: string
    }

/** What a session's thread is started with. */
export interface SessionStart {
  readonly node: NodePlan
  /** The nodes that share the model. */
  readonly nodes: readonly string[]
  readonly watching: Watching
  readonly folder: string
  /** Of its own, for one call. */
  readonly threads: number
  readonly pool: PoolHandle
  /** Of its notes. */
  readonly name: string
}

/** What a model's worker is started with. */
export interface ModelStart extends SessionStart {
  /** 1: its session is in its own thread; more are in threads of theirs. */
  readonly sessions: number
  /** What is known of its rows from crashes. */
  readonly suspects: ModelSuspects | null
  /** Of rejected rows; null: there is none. */
  readonly errorLimit: Limit | null
  readonly counts: {
    readonly buffer: SharedArrayBuffer
    readonly writers: number
    readonly row: number
    /** Nodes and edges of the run, and the nodes whose model this is. */
    readonly nodes: number
    readonly edges: number
    readonly own: readonly number[]
  }
}

export type ToModel =
  | { readonly type: 'lane'; readonly port: import('node:worker_threads').MessagePort }
  | { readonly type: 'session'; readonly port: import('node:worker_threads').MessagePort }
  | { readonly type: 'close' }

export type ToSession =
  | { readonly type: 'calls'; readonly port: import('node:worker_threads').MessagePort }
  | { readonly type: 'close' }

/** What a model's worker says, or a session's thread, of the session that it has. */
export type FromModel =
  | { readonly type: 'open'; readonly about: string; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly error: ErrorMessage }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly message: string }

/** A call from a lane, on the port between the two. */
export interface InferCall {
  readonly id: number
  readonly batch: Descriptor
  readonly costs: Uint32Array | null
}

export type InferReply =
  | { readonly id: number; readonly batch: Descriptor; readonly failures: readonly Failure[] }
  | { readonly id: number; readonly error: ErrorMessage }

/** A call of a session, on the port between its thread and its model's worker. */
export interface SessionCall {
  readonly id: number
  readonly batch: Descriptor
  readonly rows: readonly PackedRows[]
}

/** That the session is open, and then an answer to each call. */
export type SessionReply =
  | { readonly limits: Limits }
  | { readonly id: number; readonly batch: Descriptor }
  | { readonly id: number; readonly error: ErrorMessage }
