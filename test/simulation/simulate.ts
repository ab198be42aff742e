import { dirname } from 'node:path'
import { type NodeDefinition, Pool, type PoolHandle } from '@headrace/runtime/sdk'
import ndjson from '../../nodes/sinks/ndjson.ts'
import { type Disk, SimulatedDisk } from '../../runtime/disk/index.ts'
import { type Clock, pause } from '../../runtime/engine/clock.ts'
import { Credits } from '../../runtime/engine/credits.ts'
import { Chance } from './chance.ts'
import { expect } from './expected.ts'
import { afterLife, whenDone } from './invariants.ts'
import { live, type Parts, runFolder } from './life.ts'
import { rowNodes } from './nodes.ts'
import { makeScene, oldFile, oldLine, type Scene, type Size, usualSize } from './scene.ts'
import { type StoreWorld, storeSinks, VersionedStore } from './store.ts'
import { tableNodes } from './tables.ts'
import { SimulatedTime } from './time.ts'
import { around, ChanceFaults, drawTroubles, noTroubles, storeTrouble, type Troubles } from './trouble.ts'

export interface Options {
  readonly size?: Partial<Size>
  /** Planted bugs, fresh for each start of the process. */
  readonly parts?: () => Partial<Parts>
  /** Hears of what happens, a line each. */
  readonly note?: (line: string) => void
  /** Leaves out some kinds of trouble: for shrinking. */
  readonly soothe?: (troubles: Troubles) => Troubles
}

/** What came of a seed. */
export interface Outcome {
  readonly seed: number
  /** What did not hold; null where all is well. */
  readonly wrong: string | null
  readonly starts: number
  readonly events: number
  readonly splits: number
}

const soundParts: Parts = {
  pool: (handle) => new Pool(handle),
  credits: (capacity) => new Credits(capacity),
  disk: (disk) => disk,
  commits: (commits) => commits,
  hear: (hear) => hear,
  workers: (workers) => workers,
  scheduler: undefined,
  sink: (sink) => sink,
  nodes: (nodes) => nodes,
  progress: (progress) => progress,
}

/**
 * Runs a random pipeline in a process that is stopped, killed and left without power, with disk, stores and lanes that
 * break, started again until it is done; all of it decided by the seed.
 */
export async function simulate(seed: number, options: Options = {}): Promise<Outcome> {
  const size = { ...usualSize, ...options.size }
  const chance = new Chance(seed)
  const scene = makeScene(new Chance(seed ^ 0x5bd1e995), size)
  const expected = expect(scene)
  const time = new SimulatedTime()
  const note = (line: string) => options.note?.(`${time.now().toFixed(1).padStart(9)} ${line}`)
  const pace = async () => {
    if (chance.hits(0.1)) await pause(time, chance.scale(0.05, 20))
  }
  const disk = new SimulatedDisk({ seed, clock: time.now, pace })
  makeFolders(disk, scene)
  const stores = storesOf(scene)
  let events = 0
  let starts = 0
  const outcome = (wrong: string | null): Outcome => ({ seed, wrong, starts, events, splits: expected.splits })
  note(`${scene.flow.edges.map(({ from, port, to }) => `${from}${port && `.${port}`} > ${to}`).join('   ')}`)
  for (;;) {
    const calm = starts >= size.lives
    const drawn = calm ? noTroubles : drawTroubles(chance)
    const troubles = options.soothe ? options.soothe(drawn) : drawn
    note(`start ${++starts} ${JSON.stringify(troubles)}`)
    const parts = { ...soundParts, ...options.parts?.() }
    const process = disk.process(new ChanceFaults(chance, troubles))
    const pool = smallPool()
    const lived = await live({
      scene,
      time,
      process,
      troubles,
      parts,
      definitions: (own, clock) => nodesFor(own, clock, { chance, troubles, time, stores, parts }),
      // What is wrong with a model is its rows' fault: they are rejected.
      aroundModel: async () => await around(chance, time, { ...troubles, bugs: 0 })('model'),
      delay: () => (chance.hits(0.3) ? chance.scale(0.01, 5) : 0),
      // What a killed process goes on with must not meet what the next one writes.
      spills: `${spillPath}-${starts}`,
      note,
      pool,
    })
    events += lived.events
    note(`${lived.how} ${lived.error?.message ?? ''}`)
    if (lived.how === 'killed' && troubles.ending?.how === 'power cut') {
      disk.powerCut()
      for (const store of stores.values()) store.cut(chance.next)
    }
    const wrong = afterLife(scene, disk, lived, pool, starts)
    if (wrong) return outcome(wrong)
    if (lived.how === 'done') return outcome(whenDoneOr(() => whenDone(scene, expected, disk, stores)))
    if (calm) return outcome(`the last start, without any trouble, ended ${lived.how}: ${lived.error?.stack}`)
  }
}

/** A pool with room for few blocks: that of a run has a megabyte of holds alone. */
const smallPool = (): PoolHandle => ({
  cap: 1 << 28,
  holds: new SharedArrayBuffer(1 << 14),
  totals: new SharedArrayBuffer(64),
})

/** What cannot even be read is wrong as well. */
function whenDoneOr(look: () => string | null): string | null {
  try {
    return look()
  } catch (error) {
    return `what was written cannot be read: ${(error as Error).message}`
  }
}

const spillPath = `/tmp/headrace-simulation-${process.pid}`

function makeFolders({ disk: { now } }: SimulatedDisk, { flow }: Scene): void {
  const folders = ['/simulated', runFolder, `${runFolder}/work`, '/simulated/out']
  for (const node of flow.nodes) {
    const old = oldFile(node)
    if (old === null) continue
    folders.push(dirname(old))
    now.makeFolder(dirname(old))
    const file = now.open(old, 'new')
    file.write(Buffer.from(oldLine), 0)
    file.sync()
  }
  for (const folder of folders) now.makeFolder(folder)
  for (const folder of ['/', ...folders]) now.syncFolder(folder)
}

/** Stores as they are before the run: some have rows already. */
function storesOf({ flow }: Scene): Map<string, VersionedStore> {
  const old = [
    ['old:1', 1, 3],
    ['old:2', 2, 40],
  ] as const
  return new Map(
    flow.nodes
      .filter(({ kind, type }) => kind === 'sink' && type !== 'file' && type !== 'folder')
      .map(({ id, type }) => [id, new VersionedStore(type === 'added' || type === 'keyed' ? old : [])]),
  )
}

interface NodesWorld {
  readonly chance: Chance
  readonly troubles: Troubles
  readonly time: Clock
  readonly stores: ReadonlyMap<string, VersionedStore>
  readonly parts: Parts
}

function nodesFor(disk: Disk, clock: Clock, { chance, troubles, time, stores, parts }: NodesWorld) {
  const here = around(chance, clock, troubles)
  const world: StoreWorld = {
    disk,
    around: here,
    store: (id) => stores.get(id) as VersionedStore,
    open: parts.sink,
    trouble: () => storeTrouble(chance, time, troubles),
  }
  const all: Record<string, NodeDefinition> = {
    ...parts.nodes(rowNodes(here)),
    ...tableNodes(disk, here),
    ...storeSinks(world),
    file: ndjson as NodeDefinition,
    folder: ndjson as NodeDefinition,
  }
  return new Map(Object.entries(all))
}
