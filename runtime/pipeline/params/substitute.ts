import type { TSchema } from 'typebox'
import type { Json, NodeDefinition } from '../../sdk/node.ts'
import type { NodeProblem } from '../columns.ts'
import { wholeSchema } from '../everynode.ts'
import type { Pipeline } from '../model.ts'
import { branchOf, isRecord, isSecret, type Shape, shapeOf } from '../shape.ts'
import { type Piece, piecesOf } from './references.ts'
import { adviceOnParam, type RunValues } from './resolve.ts'
import { spotsIn, sqlText } from './sqltext.ts'
import type { ParamType, ParamValue } from './value.ts'

/** One node's settings with the parameters' values in them. */
export interface Filled {
  readonly config: { readonly [setting: string]: Json }
  readonly problems: readonly (NodeProblem & { readonly setting: string })[]
  /** Settings that have a parameter without a value, or one that is none: nothing more can be said of them. */
  readonly open: ReadonlySet<string>
  /** Texts that were filled: where each part of the new text stood in the written one. */
  readonly written: ReadonlyMap<string, readonly Moved[]>
}

interface Moved {
  readonly from: number
  readonly to: number
  readonly piece: Piece
}

/** A pipeline with the parameters' values in its nodes' settings; a node whose type is not known stays as it is. */
export function fillPipeline(
  pipeline: Pipeline,
  definitions: { readonly [type: string]: NodeDefinition | null },
  values: RunValues,
): { readonly pipeline: Pipeline; readonly filled: ReadonlyMap<string, Filled> } {
  const filled = new Map<string, Filled>()
  const nodes = Object.entries(pipeline.nodes).map(([id, node]) => {
    const definition = (Object.hasOwn(definitions, node.type) && definitions[node.type]) || null
    const made = definition && fillSettings(wholeSchema(definition), node.config, values)
    if (!made) return [id, node] as const
    filled.set(id, made)
    return [id, { ...node, config: made.config }] as const
  })
  return filled.size ? { pipeline: { ...pipeline, nodes: Object.fromEntries(nodes) }, filled } : { pipeline, filled }
}

/** Puts values into every text of a node's settings; null where there is nothing to put. Keys stay as they are. */
export function fillSettings(schema: TSchema, config: Filled['config'], values: RunValues): Filled | null {
  const problems: (NodeProblem & { setting: string })[] = []
  const open = new Set<string>()
  const written = new Map<string, Moved[]>()

  const fill = (inner: TSchema | undefined, value: Json, setting: string): Json => {
    if (typeof value === 'string') return fillText(inner, value, setting)
    const { anyOf, items, properties = {}, patternProperties, additionalProperties } = shapeOf(inner)
    if (anyOf) return fill(branchOf(anyOf, value) ?? undefined, value, setting)
    if (Array.isArray(value)) {
      return value.map((item, i) => fill(Array.isArray(items) ? items[i] : items, item, `${setting}[${i}]`))
    }
    // The name of a secret is no text of the pipeline's.
    if (!isRecord(value) || isSecret(value)) return value
    const [pattern] = Object.values(patternProperties ?? {})
    const rest = pattern ?? (isRecord(additionalProperties) ? (additionalProperties as TSchema) : undefined)
    const entries = Object.entries(value).map(([key, item]) => {
      const own = Object.hasOwn(properties, key) ? properties[key] : rest
      return [key, fill(own, item as Json, setting ? `${setting}.${key}` : key)] as const // JSON in, JSON out
    })
    return Object.fromEntries(entries)
  }

  const fillText = (inner: TSchema | undefined, text: string, setting: string): Json => {
    const pieces = piecesOf(text)
    if (!pieces) return text
    const shape = textShape(inner, text)
    const note = (piece: Piece, code: string, message: string, hint: string) => {
      open.add(setting)
      problems.push({ severity: 'error', code, message, hint, setting, span: [piece.start, piece.end] })
    }
    const spots = shape.format === 'sql' ? spotsIn(text) : null
    const moved: Moved[] = []
    let made = ''
    for (const piece of pieces) {
      const part = piece.name === null ? piece.text : textOf(piece, piece.name)
      moved.push({ from: made.length, to: made.length + part.length, piece })
      made += part
    }
    written.set(setting, moved)
    const [only] = pieces
    const named = pieces.length === 1 && only?.name ? valueNamed(values, only.name) : undefined
    return named && named.value !== null && takes(inner, named.type) ? named.value : made

    function textOf(piece: Piece, name: string): string {
      const found = valueNamed(values, name)
      if (name === '') note(piece, 'open-param', 'a "${" is not closed', `Write \${name}, or $\${ for a plain \${.`)
      else if (!found) {
        const advice = adviceOnParam(name.replace(/^param\./, ''), [
          ...Object.keys(values.params),
          'run.date',
          'run.id',
        ])
        note(piece, 'unknown-param', `there is no parameter "${name}"`, `${advice} Write $\${ for a plain \${.`)
      } else if (shape.format === 'expression') {
        const plain = name.startsWith('run.') ? name : /-/.test(name) ? `param["${name}"]` : `param.${name}`
        note(
          piece,
          'param-in-expression',
          `${piece.text} is not put into expressions`,
          `Write ${plain}, without quotes.`,
        )
      } else if (found.value === null) open.add(setting)
      else return spots ? sqlText(found.type, found.value, spots(piece.start)) : String(found.value)
      return piece.text
    }
  }

  const made = fill(schema, config, '') as Filled['config'] // an object in, an object out
  return written.size ? { config: made, problems, open, written } : null
}

/** What a name in a text stands for. */
export function valueNamed(
  { params, run }: RunValues,
  name: string,
): { readonly type: ParamType; readonly value: ParamValue | null } | undefined {
  if (name === 'run.id') return { type: 'string', value: run.id }
  if (name === 'run.date') return { type: 'date', value: run.date }
  return Object.hasOwn(params, name) ? params[name] : undefined
}

/** The form that a text is checked by. */
function textShape(schema: TSchema | undefined, text: string): Shape {
  const shape = shapeOf(schema)
  return shape.anyOf ? textShape(branchOf(shape.anyOf, text) ?? undefined, text) : shape
}

/** Whether a setting takes a number, or true and false, as such: also where it takes a text beside. */
function takes(schema: TSchema | undefined, type: ParamType): boolean {
  const { anyOf, enum: choices, type: own, ...shape } = shapeOf(schema)
  if (anyOf) return anyOf.some((branch) => takes(branch, type))
  const wanted = type === 'bool' ? ['boolean'] : type === 'int64' || type === 'float64' ? ['number', 'integer'] : []
  if (own) return wanted.includes(own)
  const values = choices ?? (Object.hasOwn(shape, 'const') ? [shape.const] : null)
  return values ? values.some((value) => wanted.includes(typeof value)) : wanted.length > 0
}

/** Where characters of a filled text stood in the written one; a part of a parameter's value is its whole name. */
export function writtenSpan(
  { written }: Filled,
  setting: string,
  [start, end]: readonly [start: number, end: number],
): readonly [start: number, end: number] {
  const moved = written.get(setting)
  if (!moved) return [start, end]
  const same = ({ piece }: Moved) => piece.name === null && piece.text.length === piece.end - piece.start
  const first = moved.find(({ to }) => start < to) ?? moved.at(-1)
  const last = moved.findLast(({ from }) => end > from) ?? first
  if (!first || !last) return [start, end]
  return [
    same(first) ? first.piece.start + start - first.from : first.piece.start,
    Math.max(same(last) ? last.piece.start + end - last.from : last.piece.end, first.piece.start),
  ]
}
