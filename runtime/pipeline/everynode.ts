import type { TSchema } from 'typebox'
import type { NodeDefinition } from '../sdk/node.ts'
import { readDuration } from './amounts.ts'
import { withDefaults } from './settings.ts'
import { isRecord, shapeOf } from './shape.ts'

type Kind = NodeDefinition['kind']

const onError = {
  enum: ['reject', 'fail'],
  default: 'reject',
  description: 'What becomes of a row that fails: it is set aside and the run goes on, or the run stops.',
}

const ifEmpty = {
  enum: ['fail', 'ok'],
  default: 'fail',
  description: 'What a source without files or without rows means: the run fails, or that is fine.',
}

const pin = {
  type: 'object',
  patternProperties: { '^.*$': { type: 'string', format: 'type' } },
  description:
    'The columns that the files must have, with their types: these leave the source, in this order. The header of every file is compared before a row is read.',
  examples: [{ id: 'int64', ordered: 'date', total: 'float64' }],
}

const onDrift = {
  enum: ['fail', 'adapt'],
  default: 'fail',
  description:
    'What pinned columns that differ in a file mean: the run does not start; or the file is read by name, what is absent is null, what is new is left out and reported, and a wider type is taken.',
}

const everyRun = {
  type: 'boolean',
  default: false,
  description:
    'With --new: read all of it whenever another source has something new. For a small table that others go with; the right side of a join is read so anyway.',
}

const timeout = {
  anyOf: [
    { type: 'number', exclusiveMinimum: 0 },
    { type: 'string', pattern: '^[0-9.]+ *(ms|s|m|min|h)$' },
  ],
  description: 'The longest that one call of the model may take, in seconds or as a text; then it is tried again.',
  examples: [30, '2m'],
}

/** The settings that every node of a kind has besides its own, so that no node needs to declare them. */
const settingsOfEveryNode: { readonly [kind in Kind]: { readonly [name: string]: object } } = {
  source: { onError, ifEmpty, pin, onDrift, everyRun },
  transform: { onError },
  // None of its rows fails alone: what goes wrong does so for all rows together.
  table: {},
  model: { onError, timeout },
  sink: { onError },
}

const whole = new WeakMap<object, TSchema>()

/** A node's settings together with those that every node has. */
export function wholeSchema({ kind, config }: NodeDefinition): TSchema {
  let schema = whole.get(config)
  if (!schema) {
    const { properties, ...rest } = shapeOf(config)
    // Plain JSON Schema: TypeBox's own marks are not needed to check by it.
    const { pin, onDrift, ...added } = settingsOfEveryNode[kind]
    // What is pinned comes last: it is long.
    const last = pin && onDrift ? { pin, onDrift } : {}
    schema = { ...rest, properties: { ...added, ...properties, ...last } } as TSchema
    whole.set(config, schema)
  }
  return schema
}

/** What the settings that every node has come to. */
export interface Handling {
  readonly onError: 'reject' | 'fail'
  readonly ifEmpty: 'fail' | 'ok'
  /** A source that is read whole by a run over what is new, too. */
  readonly everyRun: boolean
  /** Milliseconds; null: as long as it takes. */
  readonly timeout: number | null
}

/** A node's own settings with their defaults, and apart from them what every node has. */
export function splitSettings(
  definition: NodeDefinition,
  config: unknown,
): Handling & { own: Record<string, unknown> } {
  const all = withDefaults(wholeSchema(definition), config)
  const declared = shapeOf(definition.config).properties ?? {}
  const added = settingsOfEveryNode[definition.kind]
  const pinned = definition.kind === 'source' && isRecord(all.pin) && Object.keys(all.pin).length > 0
  const isOwn = (name: string) => Object.hasOwn(declared, name) || !Object.hasOwn(added, name)
  // What is pinned goes along with a source's own settings: it is what the source gives.
  const own = Object.entries(all).filter(([name]) => isOwn(name) || (pinned && (name === 'pin' || name === 'onDrift')))
  return {
    onError: all.onError === 'fail' ? 'fail' : 'reject',
    ifEmpty: all.ifEmpty === 'ok' ? 'ok' : 'fail',
    everyRun: all.everyRun === true,
    timeout: all.timeout === undefined ? null : readDuration(all.timeout),
    own: Object.fromEntries(own),
  }
}
