import { probeCache } from '../catalogue/cache.ts'
import { loadCatalogue } from '../catalogue/load.ts'
import { pathGuard } from '../catalogue/pathguard.ts'
import { packError } from '../engine/messages.ts'
import { Pool } from '../memory/index.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { endWithParent } from '../process/withparent.ts'
import type { FromPreview, PreviewStart, ToPreview } from './messages.ts'
import { type PreviewTask, type PreviewWorld, preview } from './preview.ts'
import { Results } from './results.ts'
import { searchTable } from './search.ts'
import { Sessions } from './sessions.ts'

// The process that answers previews and searches: what is native in a node may crash here, and the server goes on.

const sessions = new Sessions()
const results = new Results(new Pool(1 << 30))
const cache = probeCache()
const catalogue = await loadCatalogue()
const asked = new Map<number, AbortController>()
/** More previews do not wait for each other: the one that has waited longest ends. */
const mostAtOnce = 32
/** The preview at work or waiting of each pipeline and asker: a newer question ends it. */
const latest = new Map<string, AbortController>()
let within: PreviewStart['within'] = null
/** Previews follow one another: they share what is kept. */
let turn: Promise<unknown> = Promise.resolve()

process.on('message', (message: ToPreview) => {
  if (message.type === 'start') within = message.within
  else if (message.type === 'abort') asked.get(message.id)?.abort(new Error('the question was withdrawn'))
  else if (message.type === 'preview') void answer(message.id, (signal) => inTurn(message.task, signal))
  else if (message.type === 'search') void answer(message.id, (signal) => searchTable(message.task, world(), signal))
  else if (message.type === 'trace')
    void answer(message.id, (signal) => after(async () => await trace(message, signal)))
  else void answer(message.id, (signal) => after(async () => await test(message, signal)))
})
// The server went away, before this line or at any time after it.
process.on('disconnect', () => process.exit(0))
if (!process.connected) process.exit(0)
endWithParent(300)

const world = (): PreviewWorld => ({
  sessions,
  results,
  cache,
  catalogue,
  ...(within && { guard: pathGuard(within.folder, within.roots) }),
})

async function inTurn(task: PreviewTask, given: AbortSignal) {
  const key = JSON.stringify([task.file, task.client ?? ''])
  if (latest.has(key)) end(key, new Error('a newer preview took its place'))
  const [oldest] = latest.keys()
  if (oldest !== undefined && latest.size >= mostAtOnce) end(oldest, crowded())
  const newer = new AbortController()
  latest.set(key, newer)
  const signal = AbortSignal.any([given, newer.signal])
  const before = turn
  const mine = before.then(async () => {
    signal.throwIfAborted()
    return await preview(task, world(), signal)
  })
  turn = mine.catch(() => {})
  try {
    return await mine
  } finally {
    if (latest.get(key) === newer) latest.delete(key)
  }
}

/** Does something after the previews that were asked for before it. */
async function after<T>(act: () => Promise<T>): Promise<T> {
  const mine = turn.then(act)
  turn = mine.catch(() => {})
  return await mine
}

/** The code of traces, too, is loaded when somebody asks for one. */
async function trace({ task }: Extract<ToPreview, { type: 'trace' }>, signal: AbortSignal) {
  signal.throwIfAborted()
  const { traceRows } = await import('../trace/index.ts')
  const { catalogue, guard } = world()
  return await traceRows(task.run, task, { sessions, pool: results.pool, catalogue, ...(guard && { guard }) }, signal)
}

/** Tests are few: their code is loaded when somebody asks for them. */
async function test(message: Extract<ToPreview, { type: 'makeTest' | 'tests' }>, signal: AbortSignal) {
  signal.throwIfAborted()
  if (message.type === 'makeTest')
    return await (await import('../tests/save.ts')).makeTest(message.task, world(), signal)
  return await (await import('../tests/page.ts')).testsForPage(message.task, world(), signal)
}

function end(key: string, why: Error): void {
  latest.get(key)?.abort(why)
  latest.delete(key)
}

const crowded = () =>
  new HeadraceError('too-many-previews', `${mostAtOnce} previews are asked for at once`, {
    hint: 'Close pages that you do not look at, or ask again in a moment.',
  })

async function answer(
  id: number,
  work: (signal: AbortSignal) => Promise<Extract<FromPreview, { answer: unknown }>['answer']>,
): Promise<void> {
  const abort = new AbortController()
  asked.set(id, abort)
  try {
    say({ id, answer: await work(abort.signal) })
  } catch (error) {
    say({ id, error: packError(error) })
  } finally {
    asked.delete(id)
  }
}

function say(message: FromPreview): void {
  if (process.connected) process.send?.(message)
}
