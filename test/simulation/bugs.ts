import { type Batch, Pool, type Scope } from '@headrace/runtime/sdk'
import type { Disk, DiskFile, DiskFileNow, DiskNow } from '../../runtime/disk/index.ts'
import type { Commits } from '../../runtime/engine/commits.ts'
import { Credits } from '../../runtime/engine/credits.ts'
import { type Action, Scheduler } from '../../runtime/engine/scheduler.ts'
import type { Parts } from './life.ts'
import { node, waysOf } from './nodes.ts'

/** A bug that is put into a run on purpose: the simulation is worth what it finds of these. */
export interface Bug {
  readonly name: string
  readonly parts: () => Partial<Parts>
}

/** Planted around the engine's own parts, never in them. */
export const bugs: readonly Bug[] = [
  { name: 'a commit takes its parts in another order', parts: () => ({ scheduler: (given) => new Reversed(given) }) },
  { name: 'a commit comes before an earlier one', parts: () => ({ scheduler: (given) => new Overtaking(given) }) },
  { name: 'one release of memory is lost', parts: () => ({ pool: (handle) => new Leaking(handle) }) },
  { name: 'one credit of a channel is lost', parts: () => ({ credits: (capacity) => new Lossy(capacity) }) },
  { name: 'one credit of a channel is given twice', parts: () => ({ credits: (capacity) => new Generous(capacity) }) },
  { name: 'a part is delivered twice', parts: doubled },
  { name: 'a part is never delivered', parts: swallowed },
  { name: 'a batch is delivered twice', parts: batchTwice },
  { name: 'a node lets go of a batch that it has yet to give', parts: forgetful },
  { name: 'the ledger says "stored" before a file is on disk', parts: () => ({ disk: unsynced('file.commit') }) },
  { name: 'the ledger says "stored" before a list is on disk', parts: () => ({ disk: unsynced('index.append') }) },
  { name: 'the ledger itself is not on disk', parts: () => ({ disk: unsynced('ledger.append') }) },
  {
    name: 'the ledger counts rejected rows before they are on disk',
    parts: () => ({ disk: unsynced('letters.append') }),
  },
  { name: 'a rejected row is counted twice', parts: lettersTwice },
  { name: 'rejected rows are forgotten', parts: lettersForgotten },
  {
    name: 'a retry forgets its attempts',
    parts: () => ({ scheduler: (given) => new Scheduler({ ...given, tries: Number.POSITIVE_INFINITY }) }),
  },
  { name: 'a resume forgets what a sink has', parts: sinkForgotten },
  { name: 'a resume does not look for what was begun', parts: unrecovered },
  { name: 'a resume forgets what is done', parts: doneForgotten },
]

const sideEffect = (actions: Action[], change: (action: Extract<Action, { do: 'commit' }>) => Action): Action[] =>
  actions.map((action) => (action.do === 'commit' ? change(action) : action))

/** A mutated commit order: what lies together in a commit goes in backwards. */
class Reversed extends Scheduler {
  override next(now: number): Action[] {
    return sideEffect(super.next(now), ({ splits, receipts, ...rest }) => ({
      ...rest,
      splits: splits.toReversed(),
      receipts: receipts.toReversed(),
    }))
  }
}

/** A mutated commit order: the first commit of a sink waits until the next one is begun. */
class Overtaking extends Scheduler {
  #held: Extract<Action, { do: 'commit' }> | undefined
  #swapped = false

  override next(now: number): Action[] {
    const actions = super.next(now)
    const at = actions.findIndex((action) => action.do === 'commit')
    const commit = actions[at]
    if (this.#swapped || commit?.do !== 'commit' || commit.splits.length < 2) return actions
    this.#swapped = true
    const { sink, splits, receipts } = commit
    // The rest goes first; the first part is put behind it.
    this.#held = { do: 'commit', sink, splits: splits.slice(0, 1), receipts: receipts.slice(0, 1) }
    return actions.with(at, { do: 'commit', sink, splits: splits.slice(1), receipts: receipts.slice(1) })
  }

  override committed(sink: string, splits: readonly number[], now: number): Action[] {
    const held = this.#held
    this.#held = undefined
    return [...(held ? [held] : []), ...super.committed(sink, splits, now)]
  }
}

class Leaking extends Pool {
  #count = 0

  override release(block: Parameters<Pool['release']>[0]): void {
    if (++this.#count !== 25) super.release(block)
  }
}

class Lossy extends Credits {
  #count = 0

  override give(): void {
    if (++this.#count !== 3) super.give()
  }
}

class Generous extends Credits {
  #count = 0

  override give(): void {
    if (++this.#count === 3) super.give()
    super.give()
  }
}

function doubled(): Partial<Parts> {
  let count = 0
  return {
    hear: (hear) => (lane, message) => {
      hear(lane, message)
      if (message.type === 'staged' && ++count === 4) hear(lane, message)
    },
  }
}

function swallowed(): Partial<Parts> {
  let count = 0
  return {
    hear: (hear) => (lane, message) => (message.type === 'staged' && ++count === 4 ? undefined : hear(lane, message)),
  }
}

function batchTwice(): Partial<Parts> {
  const again = node('transform', {
    async *run({ input }: { readonly input: AsyncIterable<Batch> }) {
      for await (const batch of input) {
        yield batch
        yield batch
      }
    },
  })
  return { nodes: (nodes) => ({ ...nodes, filter: again }) }
}

function forgetful(): Partial<Parts> {
  const route = node('transform', {
    async *run({ input, scope }: { readonly input: AsyncIterable<Batch>; readonly scope: Scope }) {
      for await (const batch of input) yield* waysOf(batch, scope)
    },
  })
  return { nodes: (nodes) => ({ ...nodes, route }) }
}

/** Commits with some of their functions replaced. */
const instead = (commits: Commits, own: Partial<Pick<Commits, 'done' | 'open'>>): Commits =>
  new Proxy(commits, {
    get(target, name) {
      if (name in own) return own[name as 'done']
      const value = target[name as keyof Commits] as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

function lettersTwice(): Partial<Parts> {
  return {
    commits: (commits) =>
      instead(commits, { done: (splits, books, letters) => commits.done(splits, books, [...letters, ...letters]) }),
  }
}

function lettersForgotten(): Partial<Parts> {
  return {
    commits: (commits) => instead(commits, { done: (splits, books) => commits.done(splits, books, []) }),
  }
}

function sinkForgotten(): Partial<Parts> {
  return {
    progress: (progress) => {
      const [first] = progress.committed.keys()
      if (first) progress.committed.delete(first)
      return progress
    },
  }
}

function doneForgotten(): Partial<Parts> {
  return {
    progress: (progress) => {
      const [first] = progress.done
      if (first !== undefined) progress.done.delete(first)
      return progress
    },
  }
}

function unrecovered(): Partial<Parts> {
  return {
    sink: (sink) => {
      const { recover: _recover, ...rest } = sink
      return rest
    },
  }
}

/** A disk that says of one step that it has synced, and has not. */
function unsynced(step: string): Parts['disk'] {
  const file = <F extends DiskFile | DiskFileNow>(inner: F, at: string): F =>
    ({
      ...inner,
      at: (next: string) => file(inner.at(next) as F, next),
      sync: () => (at === step ? undefined : inner.sync()),
    }) as F
  const now = (inner: DiskNow, at: string): DiskNow => ({
    ...inner,
    at: (next) => now(inner.at(next), next),
    open: (path, mode) => file(inner.open(path, mode), at),
  })
  const later = (inner: Disk, at: string): Disk => ({
    ...inner,
    at: (next) => later(inner.at(next), next),
    open: async (path, mode) => file(await inner.open(path, mode), at),
    now: now(inner.now, at),
  })
  return (disk) => later(disk, '')
}
