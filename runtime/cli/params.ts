import { readFileSync } from 'node:fs'
import { readJson } from '../pipeline/json.ts'
import type { GivenParam } from '../pipeline/params/resolve.ts'
import { keyLine } from '../pipeline/positions.ts'
import { printProblem } from '../pipeline/print.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { isObject } from '../pipeline/reader.ts'
import { kindOf } from '../pipeline/shape.ts'

/** What the command line says of a pipeline's parameters. */
export interface ParamFlags {
  /** `day=2026-11-24`. */
  readonly param?: readonly string[]
  /** JSON files. */
  readonly params?: readonly string[]
}

/** The values that are given by flags: files first, for `--param` wins over them. */
export function givenParams({ param = [], params = [] }: ParamFlags): GivenParam[] {
  return [...params.flatMap(fromFile), ...param.map(fromFlag)]
}

function fromFlag(text: string): GivenParam {
  const at = text.indexOf('=')
  if (at <= 0)
    throw new HeadraceError('bad-option', `--param ${text}: this is not of the form name=value`, {
      hint: 'For example: --param day=2026-11-24',
    })
  return { name: text.slice(0, at), value: text.slice(at + 1), by: `--param ${text}` }
}

function fromFile(file: string): GivenParam[] {
  const { value, problems, positions } = readJson(read(file), file)
  const [first] = problems
  if (first) {
    throw new HeadraceError(first.code, printProblem({ ...first, place: {} }).replace(/^error: | \([a-z-]+\)$/g, ''), {
      place: first.place,
      ...(first.hint && { hint: first.hint }),
    })
  }
  if (!isObject(value))
    throw new HeadraceError('bad-params', `--params ${file}: expected an object, found ${kindOf(value)}`, {
      place: { file },
      hint: 'Write { "day": "2026-11-24" }.',
    })
  return Object.entries(value).map(([name, given]) => {
    return { name, value: given, by: '', place: { file, ...keyLine(positions, [], name) } }
  })
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const message = missing ? 'there is no such file' : `the file cannot be read: ${(cause as Error).message}`
    throw new HeadraceError('missing-file', `--params ${file}: ${message}`, {
      cause,
      hint: 'Check the path; it is relative to the current folder.',
    })
  }
}
