import type { Snapshot } from '../../engine/snapshot.ts'
import type { Draft } from './pipelines.ts'
import type { RowsAsk, RowsPage } from './rows.ts'
import type { LogLine, RunView, Unreadable } from './runs.ts'

/** What the socket's client may say; the last argument of some is an acknowledgement. */
export interface ClientEvents {
  /** Counters of a run, from now on. */
  'run:watch': (run: string) => void
  'run:unwatch': (run: string) => void
  /** Latest rows of an edge, until closed or the client goes. */
  'rows:open': (ask: RowsAsk) => void
  'rows:close': (ask: RowsAsk) => void
}

/** What the server says. */
export interface ServerEvents {
  /** A run began, changed its state, or ended. */
  run: (run: RunView) => void
  /** A run's folder was deleted. */
  gone: (run: string) => void
  /** Counters of a watched run: at most every 200 ms, only when something changed. */
  counters: (run: string, sample: Snapshot) => void
  /** Why the counters of a watched run cannot be read, in a sentence; null: they can again. */
  uncounted: (run: string, why: Unreadable | null) => void
  rows: (ask: RowsAsk, page: RowsPage) => void
  /** New lines of a watched run's log; `next` is the place behind them, as in `LogPage`. */
  log: (run: string, lines: readonly LogLine[], next: number) => void
  /** The list of pipelines changed. */
  pipelines: () => void
  /** A pipeline's file changed on disk, or was saved by the tab `client`; null: it is gone. */
  pipeline: (
    id: string,
    change: { readonly text: string; readonly version: string; readonly client: string | null } | null,
  ) => void
  /** A tab changed or discarded (null) its draft. */
  draft: (id: string, draft: Draft | null, client: string) => void
  /** Code that lies beside pipelines changed: the node types are others. */
  nodes: () => void
  /** What is to be told of a pipeline's schedule changed: ask for it again. */
  schedule: (pipeline: string) => void
  /** A file or folder that a pipeline may read changed: check again. */
  files: () => void
}
