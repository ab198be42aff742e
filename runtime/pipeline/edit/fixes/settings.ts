import type { Json } from '../../../sdk/node.ts'
import { isRecord } from '../../shape.ts'
import type { Fix } from '../fix.ts'
import { type Ask, chooseFix, type Maker, meantIn, setFix, valueAt, withConfig, withKey } from './ask.ts'
import { entering } from './upstream.ts'

const write = (ask: Ask, value: Json): Fix => setFix(`Write ${JSON.stringify(value)}`, ask, ask.path, value)

/** A setting that there is none of: its right name, or away with it. */
export const unknownSetting: Maker = (ask) => {
  const { problem, pipeline, node, path } = ask
  const [key, ...rest] = path.toReversed()
  const meant = meantIn(problem.hint)
  const outer = valueAt(pipeline.nodes[node]?.config, rest.toReversed())
  const remove = setFix(`Delete "${String(key)}"`, ask, path, undefined)
  if (!meant || typeof key !== 'string' || !isRecord(outer) || Object.hasOwn(outer, meant)) return [remove]
  const renamed = withKey(outer as { [key: string]: Json }, key, meant)
  const title = `Call it "${meant}"`
  const fix = rest.length
    ? setFix(title, ask, rest.toReversed(), renamed)
    : { title, change: (one: Ask['pipeline']) => withConfig(one, node, (config) => withKey(config, key, meant)) }
  return [fix, remove]
}

/** A value that is no choice: the nearest one, else each. */
export const wrongChoice: Maker = (ask) => {
  const meant = meantIn(ask.problem.hint)
  const listed = /is not one of (.*)$/s.exec(ask.problem.message)?.[1]?.split(', ') ?? []
  const choices = [...new Set([...(meant ? [meant] : []), ...listed])]
  return choices
    .slice(0, 4)
    .map((choice) => write(ask, /^(true|false|null|-?[0-9.]+)$/.test(choice) ? JSON.parse(choice) : choice))
}

/** A setting that must be there: columns that could be meant, else the reader chooses. */
export const missingSetting: Maker = (ask) => {
  const { pipeline, answer, node, path, setting } = ask
  if (path.length > 1 || path[0] !== 'column') return [chooseFix(`Choose ${setting}`, ask)]
  const columns = entering(pipeline, answer, node)
  const texts = columns.filter(({ type }) => type === 'string')
  const model =
    pipeline.nodes[node]?.type === 'transforms/explode' ? columns.filter(({ type }) => type.startsWith('list<')) : texts
  const fixes = model.slice(0, 3).map(({ name }) => setFix(`Use \`${name}\``, ask, path, name))
  return fixes.length ? fixes : [chooseFix(`Choose ${setting}`, ask)]
}

export const remove: Maker = (ask) => [setFix(`Delete "${ask.setting}"`, ask, ask.path, undefined)]

/** A number beyond a limit: the limit. */
export const outOfRange: Maker = (ask) => {
  const [, limit] = /is (?:less|more) than (-?[0-9.e+-]+)$/.exec(ask.problem.message) ?? []
  return limit === undefined ? [] : [write(ask, Number(limit))]
}

/** A type that is none: the nearest name. */
export const unknownType: Maker = (ask) => {
  const meant = meantIn(ask.problem.hint)
  return meant ? [write(ask, meant)] : []
}

/** A file, folder or model that is not there: the one that is called alike, else the reader chooses. */
export const missingFile: Maker = (ask) => {
  const { problem, value, path } = ask
  const meant = meantIn(problem.hint)
  const listed = /(?:models|It has)[: ]+(.*?\.onnx.*?)\.(?: |$)/.exec(problem.message)?.[1]?.split(', ') ?? []
  const files = path[0] === 'file' ? listed.filter((name) => name.endsWith('.onnx')) : []
  const choose = chooseFix(path[0] === 'model' ? 'Choose a model' : 'Choose a file', ask)
  if (files.length) return files.slice(0, 4).map((name) => setFix(`Use ${name}`, ask, path, name))
  if (!meant || typeof value !== 'string') return [choose]
  return [
    setFix(
      `Use ${meant}`,
      ask,
      path,
      value.replace(/[^/\\]*$/, () => meant),
    ),
    choose,
  ]
}

/** A model's folder that leaves something open: the usual answers. */
export const usual =
  (...values: Json[]): Maker =>
  (ask) =>
    values.map((value) => write(ask, value))

/** A number that the hint names: "Set it to 512 or less." */
export const numberInHint: Maker = (ask) => {
  const [, number] = /\b([0-9]+)\b/.exec(ask.problem.hint ?? '') ?? []
  return number === undefined ? [] : [write(ask, Number(number))]
}

/** A column of which nearly every value is of one type: the odd ones are rejected, or the column stays a text. */
export const nearlyTyped: Maker = (ask) => {
  const [, text] = /^Set types to (\{.*?\}) to reject/s.exec(ask.problem.hint ?? '') ?? []
  const proposed = text === undefined ? undefined : (JSON.parse(text) as Json)
  const types = ask.value ?? {}
  if (!isRecord(proposed) || !isRecord(types)) return []
  const [name = '', type = ''] = Object.entries(proposed)[0] ?? []
  const set = (title: string, to: Json) => setFix(title, ask, ['types'], { ...types, [name]: to } as Json)
  return [set(`Read ${name} as ${type}, reject the others`, type as Json), set(`Leave ${name} a text`, 'string')]
}

/** Tensors without columns: what the check proposes. */
export const proposedInputs: Maker = (ask) => {
  const [, text] = /^Set inputs to (\{.*\})\.$/s.exec(ask.problem.hint ?? '') ?? []
  const inputs = text === undefined ? undefined : (JSON.parse(text) as Json)
  if (!isRecord(inputs) || Object.keys(inputs).length === 0) return []
  return [setFix('Take the columns that fit', ask, ['inputs'], inputs as Json)]
}

/** A tensor of another name: the nearest one. */
export const unknownTensor: Maker = (ask) => {
  const { problem, pipeline, node, path } = ask
  const meant = meantIn(problem.hint)
  const [top, key] = path
  const outer = valueAt(pipeline.nodes[node]?.config, path.slice(0, 1))
  if (!isRecord(outer) || typeof key !== 'string' || top === undefined) return []
  const renamed = meant && !Object.hasOwn(outer, meant) ? withKey(outer as { [key: string]: Json }, key, meant) : null
  return [
    ...(renamed ? [setFix(`Use "${meant}"`, ask, [top], renamed)] : []),
    setFix(`Leave "${key}" out`, ask, path, undefined),
  ]
}

/** An overlap that leaves no room: a tenth of the size. */
export const badOverlap: Maker = (ask) => {
  const [, size] = /in a size of ([0-9]+)/.exec(ask.problem.message) ?? []
  return size === undefined ? [] : [write(ask, Math.floor(Number(size) / 10))]
}

export const noTokenizer: Maker = (ask) => [
  { ...chooseFix('Choose a tokenizer', ask) },
  setFix('Count characters instead', ask, ['by'], 'characters'),
]

export const firstOrFraction: Maker = (ask) => {
  const config = ask.pipeline.nodes[ask.node]?.config ?? {}
  const both = config['first'] !== undefined
  if (!both)
    return [setFix('Take the first 1,000', ask, ['first'], 1000), setFix('Take a tenth', ask, ['fraction'], 0.1)]
  return [
    setFix(`Take the first ${String(config['first'])}`, ask, ['fraction'], undefined),
    setFix(`Take a share of ${String(config['fraction'])}`, ask, ['first'], undefined),
  ]
}

/** A port's name that cannot be, or is taken. */
export const badPort: Maker = (ask) => {
  const { value, pipeline, node, path } = ask
  const routes = pipeline.nodes[node]?.config['routes']
  const taken = new Set(['otherwise', 'rejects', ...(Array.isArray(routes) ? routes.map((one) => one?.['port']) : [])])
  const base =
    String(value ?? '')
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '') || 'port'
  let free = base
  for (let n = 2; taken.has(free); n++) free = `${base}-${n}`
  return [setFix(`Call it "${free}"`, ask, path, free)]
}

export const noColumns: Maker = (ask) =>
  ask.pipeline.nodes[ask.node]?.type === 'transforms/select' ? [setFix('Keep every column', ask, ['rest'], 'keep')] : []

/** A path that is empty: the reader chooses. */
export const tooShort: Maker = (ask) =>
  /^(path|model|folder|file|tokenizer)$/.test(String(ask.path.at(-1))) ? [chooseFix(`Choose ${ask.setting}`, ask)] : []

/** An entry that cannot be taken. */
export const leaveOut: Maker = (ask) =>
  ask.path.length > 1 ? [setFix(`Leave "${String(ask.value ?? ask.path.at(-1))}" out`, ask, ask.path, undefined)] : []

/** Dates that can be read in two ways: each of them. */
export const dateFormats: Maker = (ask) => {
  const [, ...formats] = /^Set dateFormat to "(.*)" or "(.*)"\.$/.exec(ask.problem.hint ?? '') ?? []
  const names: { readonly [part: string]: string } = { '%d': 'day', '%m': 'month', '%Y': 'year' }
  const inWords = (format: string) => format.replace(/%[dmY]/g, (part) => names[part] ?? part)
  return formats.map((format) => setFix(`Read dates as ${inWords(format)}`, ask, ask.path, format))
}
