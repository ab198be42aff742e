import { dirname } from 'node:path'
import type { Checked } from '../../catalogue/check.ts'
import { resolveSecrets } from '../../catalogue/secrets.ts'
import { parsePipeline } from '../../pipeline/document.ts'
import { wholeSchema } from '../../pipeline/everynode.ts'
import { edgeText, type Pipeline, type PipelineNode, portText } from '../../pipeline/model.ts'
import { applySet } from '../../pipeline/overrides.ts'
import type { Problem } from '../../pipeline/problem.ts'
import { mapSecrets } from '../../pipeline/secrets.ts'
import { withDefaults } from '../../pipeline/settings.ts'
import { isRecord, isSecret } from '../../pipeline/shape.ts'
import type { ValueChange } from '../../review/model.ts'
import { valueChanges } from '../../review/values.ts'
import type { Json, NodeDefinition } from '../../sdk/node.ts'
import { codesOf, edgeNames } from '../digest.ts'
import { fingerprints } from '../prepare.ts'
import type { RunRecord } from '../runfolder.ts'
import { anewCommand } from './words.ts'

interface Before {
  readonly path: string
  readonly run: RunRecord
  /** The pipeline's file as it was run. */
  readonly text: string
}

interface Change {
  readonly node?: string
  readonly setting?: string
  readonly message: string
  readonly code?: string
}

/**
 * What in a pipeline, or in its models, is not as it was when a run started, one problem each. How it is drawn, what it
 * and its nodes are called, its limits, memory, workers and schedule, and secrets are no such change; neither is a
 * default that is written out.
 */
export async function changesSince({ path, run, text }: Before, checked: Checked): Promise<Problem[]> {
  const parsed = parsePipeline(text).pipeline
  const now = checked.pipeline
  if (!parsed || !now) return []
  const was = run.set.reduce((pipeline, one) => applySet(pipeline, one).pipeline, parsed)
  const started = `when run ${run.id} started`
  const ids = [...new Set([...Object.keys(was.nodes), ...Object.keys(now.nodes)])]
  const changes: Change[] = []
  for (const id of ids) changes.push(...(await nodeChanges(id, { was, now, run, checked, started })))
  changes.push(...codeChanges(run, checked, started))
  const renewed = new Set(changes.map(({ node }) => node))
  changes.push(...modelChanges(run, checked, started).filter(({ node }) => !renewed.has(node)))
  changes.push(...edgeChanges(was, now, { run, checked, started }))
  const hint = `Undo the change: the pipeline as it was run is ${path}/pipeline.json. Or start anew: ${anewCommand(run)}`
  return changes.map(({ message, code = 'changed-pipeline', ...place }) => ({
    severity: 'error',
    code,
    message,
    hint,
    place,
  }))
}

interface Sides {
  readonly was: Pipeline
  readonly now: Pipeline
  readonly run: RunRecord
  readonly checked: Checked
  readonly started: string
}

async function nodeChanges(id: string, { was, now, run, checked, started }: Sides): Promise<Change[]> {
  const [before, after] = [was.nodes[id], now.nodes[id]]
  // One that took no part makes no rows.
  const [tookPart, takesPart] = [Object.hasOwn(run.digests, id), Object.hasOwn(checked.nodes, id)]
  if (!tookPart && !takesPart) return []
  const node = id
  if (!before || (!tookPart && !before.disabled)) return [{ node, message: `${id} was not there ${started}` }]
  if (!after) return [{ node, message: `${id} was there ${started} and is gone` }]
  if (Boolean(before.disabled) !== Boolean(after.disabled)) {
    const [then, today] = [before.disabled, after.disabled].map((off) => (off ? 'off' : 'on'))
    return [{ node, message: `${id} was switched ${then} ${started} and is ${today} now` }]
  }
  if (before.type !== after.type)
    return [{ node, message: `${id} was ${before.type} ${started} and is ${after.type} now` }]
  const definition = checked.prepared.get(id)?.definition ?? checked.nodes[id]?.definition
  // In which order settings stand in a node is nothing; that of columns inside a setting is.
  const changed = (await settingChanges(before, after, definition ?? null, dirname(run.pipeline))).filter(
    ({ setting }) => setting !== '',
  )
  return changed.map((change) => ({ node, setting: change.setting, message: inWords(change, started) }))
}

/**
 * Whether a run of a pipeline could go on with another version of it, as far as the pipelines themselves say. A default
 * that is written out, an order of settings and references to secrets are no difference.
 */
export async function goesOn(before: Checked, after: Checked): Promise<boolean> {
  const [was, now] = [before.pipeline, after.pipeline]
  if (!was || !now || (was.settings.lineage ?? false) !== (now.settings.lineage ?? false)) return false
  const [old, ids] = [Object.keys(before.nodes), Object.keys(after.nodes)]
  if (old.length !== ids.length || edgeNames(before.edges).join('\n') !== edgeNames(after.edges).join('\n'))
    return false
  if (orderChanges(was, now, '').length > 0) return false
  for (const id of ids) {
    const [one, other] = [was.nodes[id], now.nodes[id]]
    if (!one || !other || one.type !== other.type || !before.nodes[id]) return false
    const definition = after.nodes[id]?.definition ?? null
    const changes = await settingChanges(one, other, definition, after.folder)
    if (changes.some(({ setting }) => setting !== '')) return false
  }
  const codes = codesOf(before.nodes)
  return Object.entries(codesOf(after.nodes)).every(([id, code]) => codes[id] === code)
}

/** Settings that are others, with what each stands for where it is left out; references to secrets are all the same. */
async function settingChanges(
  before: PipelineNode,
  after: PipelineNode,
  definition: NodeDefinition | null,
  folder: string,
): Promise<ValueChange[]> {
  if (!definition) return valueChanges(before.config as Json, after.config as Json)
  const schema = wholeSchema(definition)
  const [a, b] = [before.config, after.config].map((config) => withDefaults(schema, config) as Json)
  const hide = (config: Json | undefined) => mapSecrets(schema, config, () => ({ secret: '***' })) as Json
  const changes = valueChanges(hide(a), hide(b))
  // A text that was written out and is now kept as a secret, or the other way round, may be the same.
  if (!changes.some(holdsSecret)) return changes
  const [real, other] = await Promise.all([a, b].map((config) => resolveSecrets(config, folder, schema)))
  const values = valueChanges(real?.config as Json, other?.config as Json)
  return changes.filter((change) => !holdsSecret(change) || values.some(({ setting }) => setting === change.setting))
}

const holdsSecret = ({ before, after }: ValueChange): boolean => isSecretIn(before) || isSecretIn(after)

const isSecretIn = (value: unknown): boolean =>
  isSecret(value) || (Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : []).some(isSecretIn)

const longest = 120

/** Values are shown before and after; beside a secret neither is. */
function inWords(change: ValueChange, started: string): string {
  const { setting, before, after, order } = change
  const name = setting || 'its settings'
  if (order) return `the entries of ${name} stood in another order ${started}`
  if (holdsSecret(change)) return `${name} was something else ${started}: a secret, whose value is not shown`
  const [then, now] = [before, after].map((value) => (value === undefined ? 'not set' : shown(value)))
  return `${name} was ${then} ${started} and is ${now} now`
}

function shown(value: Json): string {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

function codeChanges(run: RunRecord, { nodes }: Checked, started: string): Change[] {
  const now = codesOf(nodes)
  return Object.entries(run.codes ?? {}).flatMap(([node, code]) =>
    now[node] === undefined || now[node] === code
      ? []
      : [{ node, message: `the code of ${node} (${nodes[node]?.type}) was another ${started}` }],
  )
}

function modelChanges(run: RunRecord, checked: Checked, started: string): Change[] {
  // Of a model that cannot be looked at the check tells.
  const seen = Object.fromEntries(Object.entries(checked.nodes).filter(([, { probe }]) => probe !== null))
  const now = fingerprints({ ...checked, nodes: seen })
  return Object.entries(run.fingerprints).flatMap(([node, before]): Change[] => {
    const after = now[node]
    if (after === undefined || JSON.stringify(after) === JSON.stringify(before)) return []
    const parts = [...new Set(valueChanges(before, after).map(({ setting }) => setting.split('.').at(-1)))]
    const message = `the model of ${node} was another ${started}: ${parts.join(', ')} changed`
    return [{ node, message, code: 'changed-model' }]
  })
}

function edgeChanges(was: Pipeline, now: Pipeline, { run, checked, started }: Omit<Sides, 'was' | 'now'>): Change[] {
  // Where something is wrong with a node its edges may be hidden: those of the files are compared.
  const isWhole = checked.problems.every(({ severity }) => severity !== 'error')
  const [before, after] = isWhole ? [run.edges, edgeNames(checked.edges)] : [edgeNames(was.edges), edgeNames(now.edges)]
  const more = after.filter((edge) => !before.includes(edge))
  const fewer = before.filter((edge) => !after.includes(edge))
  return [
    ...more.map((edge) => ({ message: `there was no connection ${edge} ${started}` })),
    ...fewer.map((edge) => ({ message: `there was a connection ${edge} ${started}, and it is gone` })),
    ...(more.length + fewer.length > 0 ? [] : orderChanges(was, now, started)),
  ]
}

/** Rows that come by several connections come in their order. */
function orderChanges(was: Pipeline, now: Pipeline, started: string): Change[] {
  const into = ({ edges }: Pipeline) => {
    const found = new Map<string, string[]>()
    for (const edge of edges) found.set(portText(edge.to), [...(found.get(portText(edge.to)) ?? []), edgeText(edge)])
    return found
  }
  const before = into(was)
  return [...into(now)].flatMap(([to, edges]) =>
    before.get(to)?.length === edges.length && before.get(to)?.join('\n') !== edges.join('\n')
      ? [{ node: to.split('.')[0] as string, message: `the connections to ${to} stood in another order ${started}` }]
      : [],
  )
}
