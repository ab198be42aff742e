import type { Request } from 'express'
import { isRecord } from '../pipeline/shape.ts'
import { HttpRefusal } from './refuse.ts'

interface Kinds {
  text: string
  number: number
  boolean: boolean
}

const kinds: { readonly [kind in keyof Kinds]: string } = { text: 'string', number: 'number', boolean: 'boolean' }

/** The fields of a request's JSON body, each of its kind; refuses with 400 where one is missing or another. */
export function fieldsOf<T extends { readonly [name: string]: keyof Kinds }>(
  request: Request,
  wanted: T,
): { readonly [name in keyof T]: Kinds[T[name]] } {
  const body: unknown = request.body
  if (!isRecord(body)) throw new HttpRefusal(400, 'the request has no JSON object as its body')
  for (const [name, kind] of Object.entries(wanted)) {
    if (typeof body[name] !== kinds[kind]) throw new HttpRefusal(400, `"${name}" must be a ${kind}`)
  }
  return body as { readonly [name in keyof T]: Kinds[T[name]] } // checked in the lines above
}

/** One parameter of a request's path or query as a text; '' where it is not there. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
