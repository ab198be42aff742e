import type { TSchema } from 'typebox'
import { nearest } from './problem.ts'
import { branchOf, choicesOf, isRecord, isSecret, kindOf, type Shape, shapeOf } from './shape.ts'
import { parseType, types } from './types.ts'

/** What is wrong with one setting. */
export interface SettingProblem {
  /** A path inside `config`: `columns.price`, `routes[2].where`. */
  readonly setting: string
  readonly code: string
  readonly message: string
  readonly hint: string
}

/** Checks settings against their schema, all of them at once; a setting with a default may be missing. */
export function checkSettings(schema: TSchema, config: unknown): SettingProblem[] {
  const problems: SettingProblem[] = []
  checkValue(schema, config, '', (setting, code, message, hint) => problems.push({ setting, code, message, hint }))
  return problems
}

type Note = (setting: string, code: string, message: string, hint: string) => void

function checkValue(schema: TSchema | undefined, value: unknown, setting: string, note: Note): void {
  const shape = shapeOf(schema)
  const choices = schema && choicesOf(schema)
  if (choices) checkChoice(choices, value, setting, note)
  else if (shape.anyOf) checkUnion(shape.anyOf, value, setting, note)
  else if (shape.type === 'string' && isSecret(value)) checkReference(value.secret, setting, note)
  else if (shape.type && !isOf[shape.type](value)) {
    note(setting, 'wrong-type', `expected ${expected(shape)}, found ${kindOf(value)}`, hintOf(shape))
  } else if (isRecord(value)) checkObject(shape, value, setting, note)
  else if (Array.isArray(value)) checkList(shape, value, setting, note)
  else if (typeof value === 'string') checkText(shape, value, setting, note)
  else if (typeof value === 'number') checkNumber(shape, value, setting, note)
}

const isOf: { readonly [type in NonNullable<Shape['type']>]: (value: unknown) => boolean } = {
  object: isRecord,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

function checkObject(shape: Shape, value: Readonly<Record<string, unknown>>, setting: string, note: Note): void {
  const { properties = {}, required = [], patternProperties = {}, additionalProperties } = shape
  const inner = (key: string) => (setting ? `${setting}.${key}` : key)
  const patterns = Object.entries(patternProperties)
  for (const [key, item] of Object.entries(value)) {
    const pattern = patterns.find(([text]) => new RegExp(text, 's').test(key))
    const extra = isRecord(additionalProperties) ? (additionalProperties as TSchema) : undefined
    if (Object.hasOwn(properties, key)) checkValue(properties[key], item, inner(key), note)
    else if (pattern) checkValue(pattern[1], item, inner(key), note)
    else if (extra) checkValue(extra, item, inner(key), note)
    else if (additionalProperties !== true && (patterns.length > 0 || shape.properties)) {
      const known = Object.keys(properties)
      const meant = nearest(key, known)
      const hint = meant
        ? `Did you mean "${meant}"?`
        : known.length
          ? `Settings are ${known.join(', ')}.`
          : 'Delete it.'
      note(inner(key), 'unknown-setting', `unknown setting "${key}"`, hint)
    }
  }
  for (const key of required) {
    const property = shapeOf(properties[key])
    if (Object.hasOwn(value, key) || property.default !== undefined) continue
    note(inner(key), 'missing-setting', `the setting "${key}" is missing`, hintOf(property))
  }
}

function checkList(shape: Shape, value: readonly unknown[], setting: string, note: Note): void {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = shape
  if (value.length < minItems) {
    note(setting, 'too-few', `${value.length} given, at least ${minItems} needed`, hintOf(shape))
  } else if (value.length > maxItems) {
    note(setting, 'too-many', `${value.length} given, at most ${maxItems} allowed`, hintOf(shape))
  }
  for (const [i, item] of value.entries()) {
    checkValue(Array.isArray(items) ? items[i] : items, item, `${setting}[${i}]`, note)
  }
}

function checkText(shape: Shape, value: string, setting: string, note: Note): void {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, format } = shape
  const length = [...value].length
  if (length < minLength) {
    const message = length ? `${length} characters are fewer than ${minLength}` : 'the text is empty'
    note(setting, 'too-short', message, hintOf(shape))
  } else if (length > maxLength) {
    note(setting, 'too-long', `${length} characters are more than ${maxLength}`, hintOf(shape))
  } else if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    note(setting, 'wrong-form', `${kindOf(value)} is not of the form ${pattern}`, hintOf(shape))
  } else if (format === 'secret') {
    note(
      setting,
      'plain-secret',
      'a secret must not stand in the file',
      'Write { "secret": "NAME" } and set NAME in .env.',
    )
  } else if (format === 'type' && !parseType(value)) {
    const meant = nearest(value, Object.keys(types))
    const hint = meant
      ? `Did you mean "${meant}"?`
      : 'Types are written like int64, decimal(10, 2), list<string>, float32[384].'
    note(setting, 'unknown-type', `"${value}" is no type`, hint)
  }
}

function checkReference(name: string, setting: string, note: Note): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return
  const hint = 'Names are made of letters, digits and _: { "secret": "QDRANT_KEY" }.'
  note(setting, 'bad-secret', `"${name}" cannot be the name of a secret`, hint)
}

function checkNumber(shape: Shape, value: number, setting: string, note: Note): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = shape
  const limits = [
    minimum !== undefined && value < minimum && `less than ${minimum}`,
    maximum !== undefined && value > maximum && `more than ${maximum}`,
    exclusiveMinimum !== undefined && value <= exclusiveMinimum && `not more than ${exclusiveMinimum}`,
    exclusiveMaximum !== undefined && value >= exclusiveMaximum && `not less than ${exclusiveMaximum}`,
  ]
  const crossed = limits.find((limit) => limit)
  if (crossed) note(setting, 'out-of-range', `${value} is ${crossed}`, hintOf(shape))
}

function checkChoice(choices: readonly unknown[], value: unknown, setting: string, note: Note): void {
  if (choices.includes(value)) return
  const names = choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)))
  const meant = typeof value === 'string' ? nearest(value, names) : null
  const hint = meant ? `Did you mean "${meant}"?` : `Write ${names.join(' or ')}.`
  note(setting, 'wrong-choice', `${kindOf(value)} is not one of ${names.join(', ')}`, hint)
}

function checkUnion(branches: readonly TSchema[], value: unknown, setting: string, note: Note): void {
  const branch = branchOf(branches, value)
  const literals = branches.flatMap((one) => choicesOf(one) ?? [])
  if (branch) checkValue(branch, value, setting, note)
  else if (typeof value === 'string' && literals.some((literal) => typeof literal === 'string')) {
    checkChoice(literals, value, setting, note)
  } else {
    const forms = [...new Set(branches.map((one) => expected(shapeOf(one))))].join(' or ')
    note(setting, 'wrong-type', `expected ${forms}, found ${kindOf(value)}`, `Write ${forms}.`)
  }
}

const kinds = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

function expected(shape: Shape): string {
  if (Object.hasOwn(shape, 'const')) return JSON.stringify(shape.const)
  if (shape.enum) return shape.enum.map((value) => JSON.stringify(value)).join(' or ')
  return shape.type ? kinds[shape.type] : 'a value'
}

/** What a setting is for, with an example: the best advice on how to write it. */
function hintOf({ description, examples, type, ...shape }: Shape): string {
  const example = examples?.[0] ?? shape.default
  const text = description ?? (type ? `Write ${kinds[type]}.` : 'Write another value.')
  return example === undefined ? text : `${text} For example ${JSON.stringify(example)}.`
}
