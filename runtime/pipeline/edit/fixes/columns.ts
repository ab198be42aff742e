import { renameColumn } from '../../../expression/columnnames.ts'
import type { Json } from '../../../sdk/node.ts'
import type { CheckAnswer } from '../../../server/api/pipelines.ts'
import type { Pipeline } from '../../model.ts'
import { nearest, type Problem } from '../../problem.ts'
import { isRecord } from '../../shape.ts'
import { quoted } from '../conflicts.ts'
import type { Fix } from '../fix.ts'
import { setSetting } from '../operations.ts'
import { type Ask, meantIn, type SettingPath, setFix, settingPath, valueAt, withConfig, withKey } from './ask.ts'
import { droppedBy, inputNames, renamedTo } from './upstream.ts'

/** Another column in the place of one that is not there: its new name, the nearest one; or do without it. */
export function unknownColumn(ask: Ask): Fix[] {
  const { problem, pipeline, answer, node, path, value } = ask
  const column = problem.place.column ?? lastKey(path)
  if (column === undefined || node === '') return []
  if (problem.place.column === undefined) return keyOfColumn(ask, column)
  const renamed = renamedTo(pipeline, answer, ask.facts.before ?? [], node, column)
  const names = inputNames(pipeline, answer, node, inputIn(problem.message))
  const near = nearest(column, names) ?? meantIn(problem.hint) ?? meantIn(problem.message)
  const candidates = [...new Set([renamed, near])].filter((name): name is string => name !== null && name !== column)
  const alike = answer.problems.filter((one) => one.code === problem.code && one.place.column === column)
  const here = alike.filter(({ place }) => place.node === node)
  const nodes = new Set(alike.map(({ place }) => place.node))
  const use = candidates.flatMap((name): Fix[] => {
    const title = `Use \`${name}\` instead of \`${column}\``
    const all = { title: `${title} in ${nodes.size} nodes`, change: inAll(alike, column, name) }
    return [...(nodes.size > 1 && name === candidates[0] ? [all] : []), { title, change: inAll(here, column, name) }]
  })
  const kept = droppedBy(pipeline, answer, node, column)
  const keep = kept ? [{ title: `Keep \`${column}\` in ${kept.node}`, change: kept.change }] : []
  return [...use, ...keep, ...without(ask, column, value)]
}

/** The input of which a message speaks: `there is no column "id" in the input right`. */
const inputIn = (message: string): string | undefined => / in the input (\w+)$/.exec(message)?.[1]

/** The changes of several problems, one after the other; lists are rewritten in place, so that their places stay. */
const inAll =
  (problems: readonly Problem[], from: string, to: string): Fix['change'] =>
  (pipeline) =>
    problems.reduce((one, { place }) => putColumn(one, place, from, to), pipeline)

function putColumn(pipeline: Pipeline, place: Problem['place'], from: string, to: string): Pipeline {
  const { node = '', setting = '', span } = place
  const config = pipeline.nodes[node]?.config
  const path = settingPath(config, setting)
  const value = valueAt(config, path)
  const next = span && typeof value === 'string' ? renameColumn(value, from, to) : replaced(value, from, to)
  return next === undefined ? pipeline : setSetting(pipeline, node, path, next)
}

function replaced(value: Json | undefined, from: string, to: string): Json | undefined {
  if (value === from) return to
  if (Array.isArray(value)) return (value as Json[]).map((item) => replaced(item, from, to) ?? item)
  if (isRecord(value) && value['column'] === from) return { ...(value as { [key: string]: Json }), column: to }
  return undefined
}

/** A list does without the entry; a derive without the column. */
function without(ask: Ask, column: string, value: Json | undefined): Fix[] {
  const { path, pipeline, node } = ask
  const at = path.findLastIndex((part) => typeof part === 'number')
  const list = at < 0 ? undefined : valueAt(pipeline.nodes[node]?.config, path.slice(0, at))
  if (Array.isArray(list) && list.length > 1 && ask.problem.place.span === undefined) {
    return [setFix(`Leave \`${column}\` out`, ask, path.slice(0, at + 1), undefined)]
  }
  if (Array.isArray(value) && value.length > 1) {
    return [
      setFix(
        `Leave \`${column}\` out`,
        ask,
        path,
        (value as Json[]).filter((one) => one !== column),
      ),
    ]
  }
  const [key, derived, ...more] = path
  const { type = '', config = {} } = pipeline.nodes[node] ?? {}
  if (type !== 'transforms/derive' || key !== 'columns' || typeof derived !== 'string' || more.length) return []
  const columns = config['columns']
  if (!isRecord(columns) || Object.keys(columns).length < 2) return []
  return [setFix(`Do not derive \`${derived}\``, ask, path, undefined)]
}

const lastKey = (path: SettingPath): string | undefined => {
  const last = path.at(-1)
  return typeof last === 'string' ? last : undefined
}

/** A source's setting that is kept by column (`types.price`), or lists columns of the file. */
function keyOfColumn(ask: Ask, key: string): Fix[] {
  const { problem, node, path, value } = ask
  const inList = typeof path.at(-1) === 'number'
  const meant = meantIn(problem.hint)
  const column = inList ? String(value) : key
  const take = inList
    ? (to: string) => setFix(`Use \`${to}\` instead of \`${column}\``, ask, path, to)
    : (to: string): Fix => ({
        title: `Use \`${to}\` instead of \`${column}\``,
        change: (pipeline) =>
          withConfig(pipeline, node, (config) => {
            const outer = valueAt(config, path.slice(0, -1))
            const renamed = isRecord(outer) ? withKey(outer as { [key: string]: Json }, key, to) : outer
            const [top, ...rest] = path.slice(0, -1)
            return top === undefined || rest.length || renamed === undefined ? config : { ...config, [top]: renamed }
          }),
      })
  return [...(meant ? [take(meant)] : []), setFix(`Leave \`${column}\` out`, ask, path, undefined)]
}

/** Two columns of one name: another name for this one, or do without it. */
export function duplicateColumn(ask: Ask): Fix[] {
  const { path, value, pipeline, answer, node } = ask
  const names = inputNames(pipeline, answer, node)
  const twice = /"(.*?)"/s.exec(ask.problem.message)?.[1]
  if (twice === undefined) return []
  const free = freeOf(twice, names, pipeline.nodes[node]?.config)
  if (path.length === 2 && typeof path[1] === 'number') {
    const column = isRecord(value) ? value['column'] : value
    if (typeof column !== 'string') return []
    const entry = { ...(isRecord(value) ? (value as { [key: string]: Json }) : {}), column, as: free }
    const rename = setFix(`Call it \`${free}\``, ask, path, entry)
    return [rename, setFix(`Leave this ${quoted([column])} out`, ask, path, undefined)]
  }
  if (path.length === 1 && path[0] === 'as') return [setFix(`Call it \`${free}\``, ask, path, free)]
  if (pipeline.nodes[node]?.type !== 'transforms/select' || path[0] !== 'columns') return []
  const drop = valueAt(pipeline.nodes[node]?.config, ['drop'])
  const list = Array.isArray(drop) ? (drop as Json[]) : []
  return [setFix(`Drop the input's own \`${twice}\``, ask, ['drop'], [...list, twice])]
}

function freeOf(name: string, names: readonly string[], config: CheckAnswer | Json | undefined): string {
  const text = JSON.stringify(config ?? null)
  for (let n = 2; ; n++) {
    const free = `${name}_${n}`
    if (!names.includes(free) && !text.includes(JSON.stringify(free))) return free
  }
}
