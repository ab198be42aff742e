import { join } from 'node:path'
import { type MessagePort, parentPort } from 'node:worker_threads'
import { catalogueBeside, loadCatalogue } from '../catalogue/load.ts'
import { withoutSecrets } from '../catalogue/secrets.ts'
import { processDisk } from '../disk/index.ts'
import { compileExpression } from '../expression/index.ts'
import { Pool } from '../memory/index.ts'
import { constantsOf } from '../pipeline/params/constants.ts'
import { Schema } from '../pipeline/schema.ts'
import type { CompiledExpression, NodeDefinition } from '../sdk/node.ts'
import { StoringClient } from './apart/client.ts'
import { systemClock } from './clock.ts'
import { Counters } from './counters.ts'
import { Watched } from './crash/watched.ts'
import { DeadLetterStage } from './deadletters.ts'
import type { FlowServices, SplitTask } from './flow.ts'
import { workOn } from './lanework.ts'
import type { FromLane, LaneStart, ToLane } from './messages.ts'
import { ModelClient } from './modelclient.ts'
import { stageName } from './stagename.ts'
import { makeTap } from './taps.ts'
import { threadStart } from './threads.ts'

// A lane: runs splits one after the other. Loaded as a worker; everything it knows comes in `LaneStart`.

const start = await threadStart<LaneStart>(loadNodes)
const port = parentPort as MessagePort
const disk = processDisk()
const pool = new Pool(start.pool)
pool.poison = start.poison
const { nodes, edges } = start.plan
const counters = new Counters(start.writers, nodes.length, edges.length, start.counters).writer(start.lane)
const models = new Map<string, ModelClient>()
const outBefore = new Map(Object.entries(start.outBefore))
const constants = constantsOf(start.plan.values)
const compiled = new Map<string, CompiledExpression>()
const stop = new AbortController()
const say = (message: FromLane) => port.postMessage(message)
const tap = makeTap(start.taps, (rows) => say({ type: 'rows', rows }))

const definitions = new Map<string, NodeDefinition>()
const catalogue = await catalogueBeside(start.plan.folder)
for (const { type } of nodes) definitions.set(type, (await catalogue.load(type)) as NodeDefinition)

port.on('message', (message: ToLane) => {
  if (message.type === 'model') models.set(message.resource, new ModelClient(pool, message.port))
  else if (message.type === 'split') void run(message.task)
  else if (message.type === 'trim') trim()
  else if (message.type === 'stored') storing.answer(message)
  else if (message.type === 'abort') stop.abort(new Error('the run was stopped'))
  else close()
})
say({ type: 'ready' })
const watched = new Map<string, Watched>()
const rejecting = new Set<string>()
const storing = new StoringClient(say)

async function run(task: SplitTask): Promise<void> {
  const deadLetters = new DeadLetterStage(join(start.workFolder, `dead-${task.index}.ndjson`), disk)
  say(
    await workOn(task, deadLetters, {
      plan: start.plan,
      clock: systemClock,
      signal: stop.signal,
      services,
      released,
      rejecting,
    }),
  )
}

/** A model may still hold what it was sent; without one, nobody may hold anything of this thread now. */
function released(): void {
  if (start.poison && models.size === 0 && pool.held > 0)
    throw new Error(`${pool.held} blocks of memory are still held after the split`)
}

/** Loads the code of nodes that a run will probably have; what is wrong with one is said when the run asks for it. */
async function loadNodes(types: readonly string[]): Promise<void> {
  const known = await loadCatalogue()
  const nodes = await Promise.allSettled(types.map((type) => known.load(type)))
  const settings = JSON.stringify(nodes.map((node) => (node.status === 'fulfilled' ? node.value?.config : null)))
  // The first expression of a thread loads the parser (14 ms): while it waits for its work that costs nothing.
  if (settings.includes('"format":"expression"')) compileExpression('true', new Schema([]), { now: new Date(0) })
}

function services(deadLetters: DeadLetterStage): FlowServices {
  return {
    disk,
    pool,
    counters,
    clock: systemClock.now,
    definitions,
    compile,
    infer: (node, signal) => {
      const client = models.get(node.resource as string) as ModelClient
      return client.infer(node, signal)
    },
    stage: ({ id, input }, split, count, ending) => {
      const name = `${split}-${count}${ending}`
      const own = input === null ? stageName(start.plan.runId, id, start.started, name) : name
      return join(start.stageFolders[id] as string, own)
    },
    spillPath: (split, node) => join(start.workFolder, `spill-${split}-${node}`),
    deadLetters,
    watched: watchedOf,
    commitPart: storing.commitPart,
    errorLimit: start.errorLimit?.setting,
    tap,
    clean: (text) => withoutSecrets(text, start.secrets),
    log: (node, split) => (level, message) => say({ type: 'log', level, node, split, message }),
    outBefore,
  }
}

function watchedOf(node: string): Watched {
  const known = watched.get(node) ?? new Watched(start.watching, `lane-${start.lane}-${node}`)
  watched.set(node, known)
  return known
}

/** Compiles an expression once a lane: every split asks for the same ones. */
function compile(text: string, input: Schema, wanted?: 'bool'): CompiledExpression {
  const key = `${wanted ?? ''}\n${text}\n${input}`
  const known =
    compiled.get(key) ?? compileExpression(text, input, { wanted, now: new Date(start.plan.now), constants })
  compiled.set(key, known)
  return known
}

/** Free memory goes back to the machine: a node is about to use it for work on all its rows. */
function trim(): void {
  pool.trim()
  say({ type: 'trimmed' })
}

/** Cooperative: with its ports closed, nothing keeps the worker alive. */
function close(): void {
  for (const model of models.values()) model.close()
  for (const one of watched.values()) one.close()
  port.close()
}
