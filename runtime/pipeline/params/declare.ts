import type { PipelineParam } from '../model.ts'
import { paramKeys } from '../model.ts'
import { placeAt } from '../positions.ts'
import { nearest } from '../problem.ts'
import { isObject, type JsonObject, type Reader } from '../reader.ts'
import { isSecret, kindOf } from '../shape.ts'
import { paramTypeNames, paramTypeOf, secretParam } from './value.ts'

/** What a parameter's name is made of. */
export const paramName = /^[A-Za-z_][A-Za-z0-9_-]*$/

/** The variable that gives a parameter from outside: `HEADRACE_PARAM_MIN_TOTAL` for `min-total`. */
export const variableOf = (name: string): string => `HEADRACE_PARAM_${name.toUpperCase().replaceAll('-', '_')}`

/** Reads what the file declares; defaults are looked at where the values are known. */
export function readParams(file: JsonObject, reader: Reader): Record<string, PipelineParam> | undefined {
  const params = reader.typed(file, 'params', [], 'object')
  if (!params) return undefined
  const variables = new Map<string, string>()
  const read: Record<string, PipelineParam> = {}
  for (const name of Object.keys(params)) {
    const path = ['params', name]
    if (!paramName.test(name)) {
      const hint = 'Names begin with a letter and go on with letters, digits, _ and -.'
      reader.report('bad-param-name', path, `"${name}" cannot be a parameter's name`, hint)
    }
    const other = variables.get(variableOf(name))
    if (other !== undefined) {
      const message = `the parameters "${other}" and "${name}" would both come from ${variableOf(name)}`
      reader.report('bad-param-name', path, message, 'Give one of them another name.')
    }
    variables.set(variableOf(name), name)
    const given = params[name]
    if (isSecret(given)) {
      const { code, message, hint } = secretParam(given.secret)
      reader.report(code, path, `params.${name}: ${message}`, hint)
      read[name] = { type: '' }
    } else if (isObject(given)) read[name] = readParam(name, given, reader)
    else {
      const hint = `Write "${name}": { "type": "string", "default": … }.`
      reader.report('wrong-shape', path, `params.${name}: expected an object, found ${kindOf(given)}`, hint)
      read[name] = { type: '' }
    }
  }
  return read
}

function readParam(name: string, given: JsonObject, reader: Reader): PipelineParam {
  const path = ['params', name]
  reader.keys(given, path, paramKeys)
  const type = reader.typed(given, 'type', path, 'string') ?? ''
  if (given.type === undefined) {
    reader.report('wrong-shape', path, `params.${name} has no type`, `Write "type": "string", or ${others('string')}.`)
  } else if (typeof given.type === 'string' && !paramTypeOf(type)) {
    const meant = nearest(type, paramTypeNames)
    const hint = meant ? `Did you mean "${meant}"?` : `Write ${others()}.`
    const spot = placeAt(reader.positions, [...path, 'type'])
    reader.report('unknown-type', [...path, 'type'], `params.${name}: "${type}" is no type of a parameter`, hint, spot)
  }
  const description = reader.typed(given, 'description', path, 'string')
  return {
    type,
    ...(given.default !== undefined && { default: given.default }),
    ...(description !== undefined && { description }),
  }
}

function others(but?: string): string {
  const names = ['string', 'int64', 'float64', 'bool', 'date', 'timestamp'].filter((name) => name !== but)
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
