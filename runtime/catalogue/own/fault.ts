import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutMarks } from './hooks.ts'

/** Why a file of code could not be loaded: in words, with its place as far as it is known. */
export interface Fault {
  readonly message: string
  readonly hint: string
  /** The file in which it went wrong: the node's own, or one that it imports. */
  readonly file: string
  readonly line?: number
  /** From 1, in characters. */
  readonly position?: number
}

/** Reads what Node threw while it loaded a file. */
export function faultOf(error: unknown, file: string): Fault {
  const { name, message, stack = '', code } = described(error)
  const place = placeIn(stack) ?? (name === 'SyntaxError' ? placeByParser(file) : null) ?? { file }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    const what = message.replace(/^TypeScript /, '').replace(/ (is|are) not supported.*$/s, '')
    return {
      message: `TypeScript's ${what} is not allowed: Node only takes types away, and this is code`,
      hint: hints[what] ?? 'Write it in plain JavaScript with types.',
      ...place,
    }
  }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return missing(message, file)
  if (name === 'SyntaxError')
    return {
      message: message.replace(/\. Expected (?:[^,]*,){4}.*$/s, ''),
      hint: 'Mend the line and save the file.',
      ...place,
    }
  return {
    message: `it throws when it is loaded: ${name === 'Error' ? '' : `${name}: `}${message}`,
    hint: 'What a file does outside of its functions happens at every check: move it into them.',
    ...place,
  }
}

/** The places in an error's stack that lie in some files, as `file:line:position`: the innermost first. */
export function framesIn(stack: string, isOwn: (path: string) => boolean): Pick<Fault, 'file' | 'line' | 'position'>[] {
  return [...withoutMarks(stack).matchAll(/(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?/g)].flatMap(
    ([, path = '', line, position]) => {
      const file = path.startsWith('file:') ? fileURLToPath(path) : path
      return isOwn(file) ? [{ file, line: Number(line), position: Number(position) }] : []
    },
  )
}

const hints: Readonly<Record<string, string>> = {
  enum: 'Write an object: const Colour = { red: 1 } as const.',
  'parameter property': 'Declare the field, and set it in the constructor.',
  'namespace declaration': 'Write a file of its own, or an object.',
  decorator: 'Call the function yourself.',
}

interface Described {
  readonly name: string
  readonly message: string
  readonly stack?: string | undefined
  readonly code?: unknown
}

function described(error: unknown): Described {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message, stack } = error
  return { name, message: withoutMarks(message), stack, code: 'code' in error ? error.code : undefined }
}

/** What stands before the message of a syntax error, `file:2`, the line, and a caret below it; else the first frame. */
function placeIn(stack: string): Pick<Fault, 'file' | 'line' | 'position'> | null {
  const text = withoutMarks(stack)
  const head = /^((?:file:\/\/)?[^\n]*[^\n\d]):(\d+)\n(?:[^\n]*\n){1,6}?([ \t]*)\^+[ \t]*\n/.exec(text)
  if (head) {
    const [, path = '', line, before = ''] = head
    const file = path.startsWith('file:') ? fileURLToPath(path) : path
    return { file, line: Number(line), position: before.length + 1 }
  }
  return framesIn(text, (path) => !path.includes('/node_modules/') && !path.startsWith(runtime))[0] ?? null
}

const runtime = join(import.meta.dirname, '..', '..')

/** Where V8 keeps the place to itself, `node --check` tells it; only types are taken away, so lines stay. */
function placeByParser(file: string): Pick<Fault, 'file' | 'line' | 'position'> | null {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-'))
  const node = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 5000 })
  try {
    const copy = join(folder, 'node.mjs')
    if (/\.m?ts$/.test(file)) node('--no-warnings', '-e', strip, file, copy)
    else copyFileSync(file, copy)
    const { stderr } = node('--check', copy)
    const place = placeIn(stderr)
    return place && { ...place, file }
  } catch {
    return null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const strip = `const fs = require('fs'), { stripTypeScriptTypes } = require('module')
fs.writeFileSync(process.argv[2], stripTypeScriptTypes(fs.readFileSync(process.argv[1], 'utf8')))`

function missing(message: string, node: string): Fault {
  const [, what = '', from = node] =
    /^Cannot find (?:module|package) '([^']*)' imported from (.*)$/s.exec(message) ?? []
  const file = from.startsWith('file:') ? fileURLToPath(from) : from
  const isFile = what.startsWith('/') || /^[A-Za-z]:/.test(what)
  const hint = isFile
    ? 'An import by path names the file with its ending: "./rates.ts".'
    : `Install it where the node lies: npm install ${what}`
  const said = what
    ? `it imports ${isFile ? basename(what) : what}, which is not ${isFile ? 'there' : 'installed'}`
    : message
  return { message: said, hint, file, ...lineWith(file, isFile ? basename(what) : what) }
}

/** Where a file exports its node. */
export const exportPlace = (file: string) => lineWith(file, 'export default', /^/)

/** The first line of a file with a text. */
function lineWith(file: string, what: string, and = /import|from|require/): Pick<Fault, 'line' | 'position'> {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    const at = lines.findIndex((line) => line.includes(what) && and.test(line))
    return at < 0 ? {} : { line: at + 1, position: (lines[at] as string).indexOf(what) + 1 }
  } catch {
    return {}
  }
}
