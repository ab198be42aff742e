import { type Checked, checkFile } from '../catalogue/check.ts'
import { withSecrets } from '../engine/prepare.ts'
import { type Batch, readIdentity } from '../memory/index.ts'
import type { CheckedNode } from '../pipeline/check.ts'
import { inputName } from '../pipeline/graph.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { type ParsedTests, parseTests, type TestRow, testFileOf } from '../pipeline/tests/index.ts'
import { type Field, typeName } from '../pipeline/types.ts'
import { rowsOf } from '../preview/noderesult.ts'
import { givenByPage } from '../preview/params.ts'
import type { PreviewWorld } from '../preview/preview.ts'
import { type Result, Results } from '../preview/results.ts'
import type { Json } from '../sdk/node.ts'
import type { SaveTest } from '../server/api/tests.ts'
import { jsonOf, rowsIn } from './found.ts'
import { foundAt, play, type Stage, walk } from './play.ts'
import { prepareTest, type Subject, subjectOf } from './prepare.ts'
import { foundRows } from './update.ts'

/** A test that is made of a sample's rows, with the pipeline's file in place of its id. */
export interface SaveTask extends Omit<SaveTest, 'pipeline'> {
  readonly file: string
}

/** A test that passes now, and of how many rows it is made. */
export interface MadeTest {
  readonly test: Json
  readonly put: number
  readonly expected: number
  readonly chosen: boolean
}

const usualRows = 5
const mostCharacters = 1_000_000
/** Of what is read beside the rows that are chosen: the other side of a join. */
const besideRows = 200
const sample = { rows: 2000, bytes: 8 << 20 }
/** Where a model is on the way its numbers are compared no closer: machines differ in the digits of small ones. */
const modelTolerance = 0.01

/** Makes a test: rows of the sources' first ones are put in at a node, and what leaves another now is expected. */
export async function makeTest(task: SaveTask, world: PreviewWorld, signal: AbortSignal): Promise<MadeTest> {
  const { file, text } = task
  const { catalogue, cache, guard } = world
  const checked = await checkFile(file, {
    text,
    params: givenByPage(task.params),
    catalogue,
    cache,
    signal,
    ...(guard && { guard }),
  })
  const stage = { sessions: world.sessions, results: new Results(world.results.pool, 0), signal }
  try {
    return await made(task, checked, world, stage)
  } finally {
    stage.results.trim()
  }
}

async function made(task: SaveTask, checked: Checked, world: PreviewWorld, stage: Stage): Promise<MadeTest> {
  const { file, text, put, expect } = task
  const { catalogue, cache, guard } = world
  const target = nodeOf(checked, expect)
  const start = nodeOf(checked, put)
  if (start.definition.kind === 'sink') throw wrong(`${put} is a sink: rows cannot be put in there`)
  const before = await sampleOf(checked, start, target, stage)
  const rows = rowsPutIn(start, target, checked, before, task)
  const params = paramsIn(checked)
  const open = { name: task.name, ...params, put: rows.put, expect: { [expect]: {} as Json } }
  const subject = subjectOf({ file, text, catalogue, cache, signal: stage.signal, ...(guard && { guard }) }, checked)
  const ports = target.definition.kind === 'sink' ? [''] : [...target.ports, 'rejects']
  const asked = Object.fromEntries(ports.map((port) => [port ? `${expect}.${port}` : expect, { rows: [] }]))
  const tests = parseTests(
    JSON.stringify({ 'headrace-test': 1, tests: [{ ...open, expect: asked }] }),
    testFileOf(file),
  )
  const found = await foundIn(tests, subject, stage)
  const model = [...upTo(expect, checked)].some((id) => checked.nodes[id]?.definition.kind === 'model')
  const expected = Object.entries(found).filter(([at, list]) => list.length > 0 || at === expect)
  const test = {
    name: task.name,
    ...params,
    ...(model && { tolerance: modelTolerance }),
    put: rows.put,
    expect: Object.fromEntries(expected.length ? expected : Object.entries(found)),
  }
  refuseLarge(test)
  return {
    test,
    put: rows.count,
    expected: expected.reduce((sum, [, list]) => sum + list.length, 0),
    chosen: rows.chosen,
  }
}

/** A file that git keeps is no place for megabytes. */
function refuseLarge(test: Json): void {
  const { length } = JSON.stringify(test)
  if (length <= mostCharacters) return
  const message = `these rows are ${(length / 1e6).toFixed(1)} MB as text, more than a test is to hold`
  throw wrong(message, 'Put fewer rows in, or put them in further down, where their texts are shorter.')
}

async function foundIn(tests: ParsedTests, subject: Subject, stage: Stage) {
  const [test] = tests.file?.tests ?? []
  if (!test) throw wrong('the test could not be made')
  const prepared = await prepareTest(test, subject, tests.positions)
  const problem = prepared.problems.find(({ severity }) => severity === 'error')
  if (!prepared.play || problem)
    throw new HeadraceError(
      problem?.code ?? 'wrong-test',
      problem?.message ?? '',
      problem?.hint ? { hint: problem.hint } : {},
    )
  const played = await play(prepared.play.scene, prepared.play.now, stage)
  return Object.fromEntries(
    prepared.play.wants.map((want) => {
      const isReject = want.spot.port === 'rejects'
      // Where a row comes from says nothing of what the node does; the message may come to be worded otherwise.
      const takes = (name: string) => !(isReject && ['_node', '_identity', 'file', 'byte'].includes(name))
      return [want.spot.at, foundRows(foundAt(want, played), takes)] as const
    }),
  )
}

/** The parameters that are not what the pipeline's file says: a test keeps them. */
function paramsIn({ pipeline, values }: Checked): { readonly params?: { readonly [name: string]: Json } } {
  const own = Object.entries(values.params).flatMap(([name, { value }]) =>
    value === null || pipeline?.params?.[name]?.default === value ? [] : [[name, value] as const],
  )
  return own.length ? { params: Object.fromEntries(own) } : {}
}

const wrong = (message: string, hint?: string) => new HeadraceError('wrong-test', message, hint ? { hint } : {})

function nodeOf({ nodes }: Checked, id: string): CheckedNode {
  const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined
  if (node) return node
  throw wrong(`there is no node "${id}" that takes part in a run`, 'It was renamed, disabled or deleted meanwhile.')
}

/** A node and all that leads to it. */
function upTo(id: string, { edges }: Checked): Set<string> {
  const found = new Set([id])
  for (const one of found) for (const { from, to } of edges) if (to.node === one) found.add(from.node)
  return found
}

/** The nodes at which rows are put in: the chosen one, and sources whose rows come to the end beside it. */
function startsOf(start: CheckedNode, target: CheckedNode, checked: Checked): CheckedNode[] {
  const found = new Set([target.id])
  for (const one of found)
    if (one !== start.id) for (const { from, to } of checked.edges) if (to.node === one) found.add(from.node)
  if (!found.has(start.id)) throw wrong(`no rows of ${start.id} come to ${target.id}`, 'Choose a node before it.')
  const beside = [...found].filter((id) => id !== start.id && checked.nodes[id]?.definition.kind === 'source')
  return [start, ...beside.map((id) => checked.nodes[id] as CheckedNode)]
}

async function sampleOf(checked: Checked, start: CheckedNode, target: CheckedNode, stage: Stage) {
  const starts = startsOf(start, target, checked)
  const needed = new Set(
    starts.flatMap((one) =>
      one.definition.kind === 'source' ? [one.id] : one.inputs.flatMap(({ from }) => [...upTo(from.node, checked)]),
    ),
  )
  const { resolved } = await withSecrets(checked)
  return await walk(
    resolved,
    resolved.order.filter((id) => needed.has(id)),
    { ...stage, now: Date.now(), limits: sample },
  )
}

interface PutIn {
  readonly put: { readonly [at: string]: Json }
  readonly count: number
  readonly chosen: boolean
}

function rowsPutIn(
  start: CheckedNode,
  target: CheckedNode,
  checked: Checked,
  results: ReadonlyMap<string, Result>,
  { rows: most = usualRows, identities = [] }: SaveTask,
): PutIn {
  const put: Record<string, Json> = {}
  let count = 0
  let chosen = identities.length === 0
  for (const node of startsOf(start, target, checked)) {
    for (const [input, [at, fields, batches]] of entering(node, checked, results).entries()) {
      const all = rowsIn(batches)
      const origins = batches.flatMap((batch) =>
        Array.from({ length: batch.rows }, (_, row) => batch.identity.text(row)),
      )
      const picked =
        node === start ? all.filter((_, i) => identities.some((one) => comesFrom(one, origins[i] as string))) : []
      if (picked.length) chosen = true
      // The other side of a join is put in as far as it goes, so that rows find what they belong to.
      const few = node === start && input === 0 ? most : besideRows
      const some = picked.length ? picked : all.slice(0, few)
      count += some.length
      put[at] = {
        columns: Object.fromEntries(fields.map(({ name, type }) => [name, typeName(type)])),
        rows: some.map(
          (row): TestRow => Object.fromEntries(fields.map(({ name, type }) => [name, jsonOf(type, row[name])])),
        ),
      }
    }
  }
  return { put, count, chosen }
}

/** What enters a node, by input as a test names it; of a source what leaves it. */
function entering(
  node: CheckedNode,
  { prepared }: Checked,
  results: ReadonlyMap<string, Result>,
): [at: string, Field[], Batch[]][] {
  if (node.definition.kind === 'source')
    return [[node.id, [...(node.output?.fields ?? [])], rowsOf(results.get(node.id), '')]]
  const names = prepared.get(node.id)?.inputs ?? ['']
  const groups = Map.groupBy(node.inputs, ({ to }) => to.port)
  return [...groups].map(([port, edges]) => {
    const schema = node.inputSchemas[inputName(port, names)] ?? node.input
    const batches = edges.flatMap(({ from }) => rowsOf(results.get(from.node), from.port))
    return [port ? `${node.id}.${port}` : node.id, [...(schema?.fields ?? [])], batches]
  })
}

/** Whether a row was made from another, by their identities: the same place in the same file, or a piece of it. */
function comesFrom(row: string, from: string): boolean {
  const [a, b] = [readIdentity(row), readIdentity(from)]
  if (!a || !b || a.node !== b.node || a.path !== b.path || a.number !== b.number) return false
  return b.children.every((one, level) => one === a.children[level])
}
