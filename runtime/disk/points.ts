/** What a durable step does to the disk. Reading passes no fault point. */
export type Operation =
  | 'open'
  | 'write'
  | 'truncate'
  | 'sync'
  | 'makeFolder'
  | 'rename'
  | 'remove'
  | 'removeTree'
  | 'removeFolder'
  | 'syncFolder'
  | 'call'

/**
 * Every durable step of a run with what it does to the disk. `step.operation` is a fault point: tests arm each of them,
 * and fail where one is never passed or one is passed that does not stand here.
 */
export const durableSteps = {
  /** A run's folder is made under a hidden name. */
  'run.create': ['makeFolder', 'syncFolder', 'open', 'write', 'sync', 'rename', 'removeTree'],
  'report.clear': ['remove'],
  'report.write': ['open', 'write', 'sync', 'rename', 'syncFolder'],
  /** What the completed runs of a pipeline have stored. */
  'memory.write': ['makeFolder', 'syncFolder', 'open', 'write', 'sync', 'rename'],
  /** Rows that a replay stored leave the file of the run that rejected them. */
  'replay.settle': ['open', 'write', 'sync', 'rename', 'remove', 'syncFolder'],
  'ledger.open': ['open', 'truncate', 'sync', 'syncFolder'],
  'ledger.append': ['write', 'sync'],
  /** Takes back half a record. */
  'ledger.undo': ['truncate'],
  'letters.stage': ['open', 'write'],
  'letters.begin': ['open', 'truncate', 'syncFolder'],
  'letters.append': ['open', 'truncate', 'write', 'sync', 'syncFolder'],
  'letters.clear': ['remove'],
  'sink.sweep': ['remove', 'syncFolder'],
  /** A lane stages the rows of a split. */
  'part.stage': ['open', 'write', 'sync'],
  'part.discard': ['remove'],
  /** One file, put together from staged parts beside its place. */
  'file.open': ['makeFolder', 'open', 'syncFolder', 'truncate', 'write', 'sync'],
  'file.abandon': ['remove'],
  'file.commit': ['write', 'sync'],
  'file.clear': ['remove'],
  'file.finish': ['write', 'truncate', 'sync', 'rename', 'syncFolder', 'remove'],
  /** A folder of parts. */
  'folder.open': ['makeFolder', 'syncFolder', 'remove'],
  'folder.place': ['makeFolder', 'open', 'write', 'sync', 'rename', 'syncFolder'],
  'folder.commit': ['syncFolder'],
  'folder.clear': ['remove'],
  'folder.finish': ['remove', 'rename', 'removeFolder', 'syncFolder', 'open', 'write', 'sync'],
  /** The list of what is staged for a folder. */
  'index.open': ['open', 'truncate'],
  'index.append': ['write', 'sync'],
  'index.finish': ['remove'],
  /** What a node that needs all rows keeps of them, and what it makes. */
  'table.open': ['makeFolder'],
  'table.keep': ['sync', 'syncFolder'],
  'table.gather': ['removeTree', 'makeFolder', 'sync', 'syncFolder', 'open', 'write', 'rename'],
  'table.remove': ['removeTree'],
  /** A table of a vector store, whose engine writes by itself: it is called, and its files are synced behind it. */
  'store.open': ['makeFolder', 'syncFolder', 'removeTree', 'call', 'open', 'write', 'sync'],
  'store.clear': ['remove'],
  'store.commit': ['call'],
  /** Rows of before the run go where new ones have come in their place. */
  'store.replace': ['call'],
  'store.sync': ['sync', 'syncFolder'],
  'store.finish': ['remove', 'call', 'rename', 'syncFolder', 'removeTree'],
} as const satisfies { readonly [step: string]: readonly Operation[] }

export type DurableStep = keyof typeof durableSteps

/** All fault points, `ledger.append.write`. */
export const faultPoints: readonly string[] = Object.entries(durableSteps).flatMap(([step, operations]) =>
  operations.map((operation) => `${step}.${operation}`),
)
