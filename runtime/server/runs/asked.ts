import type { Request } from 'express'
import type { ParamValue } from '../../pipeline/params/value.ts'
import { isRecord } from '../../pipeline/shape.ts'
import type { Json } from '../../sdk/node.ts'
import type { ReplayQuestion, ResumeRun, StartRun } from '../api/runs.ts'
import { fieldsOf } from '../body.ts'
import { HttpRefusal } from '../refuse.ts'

/** What a request to start a run says; refuses with 400 where something in it is of another kind. */
export function startAsked(request: Request): StartRun {
  const { pipeline } = fieldsOf(request, { pipeline: 'text' })
  const { draft, set, limit, anew, new: onlyNew } = bodyOf(request)
  const params = paramsOf(request)
  return {
    pipeline,
    ...(draft !== undefined && { draft: asText('draft', draft) }),
    ...(set !== undefined && { set: asList('set', set, asText) }),
    ...(params && { params }),
    ...(limit !== undefined && limit !== null && { limit: asCount('limit', limit) }),
    ...(anew !== undefined && { anew: anew === true }),
    ...(onlyNew === true && { new: true }),
  }
}

/** What a request to go on with a run says; it may have no body. */
export function resumeAsked(request: Request): ResumeRun {
  const { skipChanged } = bodyOf(request)
  return skipChanged === true ? { skipChanged } : {}
}

/** What a request to run rejected rows again says. */
export function replayAsked(request: Request): ReplayQuestion {
  const { rows, raw, values, draft } = bodyOf(request)
  return {
    ...(draft !== undefined && { draft: asText('draft', draft) }),
    ...(rows !== undefined && { rows: asList('rows', rows, asCount) }),
    ...(raw !== undefined && { raw: asMap('raw', raw, asText) }),
    ...(values !== undefined && {
      values: asMap('values', values, (name, row) => asMap(name, row, (_, value) => value as Json)), // it came as JSON
    }),
  }
}

/** A number of a query, from 0; `otherwise` where it is not there. */
export function countAsked(request: Request, name: string, otherwise: number, most = Number.MAX_SAFE_INTEGER): number {
  const text = request.query[name]
  return text === undefined ? otherwise : Math.min(most, asCount(name, Number(text === '' ? Number.NaN : text)))
}

/** A whole number of a request's body, at most `most`; null where it is not there. */
export function countOf(request: Request, name: string, most: number): number | null {
  const value = bodyOf(request)[name]
  return value === undefined || value === null ? null : Math.min(most, asCount(name, value))
}

/** The node that a request's body names; null: none in particular. */
export function nodeOf(request: Request): string | null {
  const { node } = bodyOf(request)
  return node === undefined || node === null ? null : asText('node', node)
}

/** Values of parameters in a request's body; null where it has none. */
export function paramsOf(request: Request): { readonly [name: string]: ParamValue } | null {
  const { params } = bodyOf(request)
  return params === undefined || params === null ? null : asMap('params', params, asParam)
}

/** A list of texts of a request's body; an empty one where it is not there. */
export function textsOf(request: Request, name: string): readonly string[] {
  const value = bodyOf(request)[name]
  return value === undefined || value === null ? [] : asList(name, value, asText)
}

const longestName = 100

/** What the asker of a request calls itself; null where it does not say. */
export function clientOf(request: Request): string | null {
  const { client } = bodyOf(request)
  if (client === undefined || client === null) return null
  const name = asText('client', client)
  if (name.length > longestName) throw new HttpRefusal(400, `"client" must have at most ${longestName} characters`)
  return name
}

/** A request without a body asks for nothing in particular. */
function bodyOf(request: Request): { readonly [name: string]: unknown } {
  const body: unknown = request.body ?? {}
  if (!isRecord(body)) throw new HttpRefusal(400, 'the body must be a JSON object')
  return body
}

function asText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new HttpRefusal(400, `"${name}" must be a text`)
  return value
}

function asParam(name: string, value: unknown): ParamValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new HttpRefusal(400, `"${name}" must be a text, a number, or true or false`)
}

function asCount(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new HttpRefusal(400, `"${name}" must be a whole number from 0`)
  return value
}

function asList<T>(name: string, value: unknown, one: (name: string, value: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new HttpRefusal(400, `"${name}" must be a list`)
  return value.map((part) => one(name, part))
}

function asMap<T>(
  name: string,
  value: unknown,
  one: (name: string, value: unknown) => T,
): { readonly [key: string]: T } {
  if (!isRecord(value)) throw new HttpRefusal(400, `"${name}" must be an object`)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, one(`${name}.${key}`, part)]))
}
