import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

// The import arrow: nodes → runtime/sdk, editor → runtime/pipeline, runtime → nothing of ours. And what style asks of files.

const root = join(import.meta.dirname, '..')

interface Import {
  readonly from: string
  /** `import type`, or `typeof import(…)`: gone when the code runs. */
  readonly typeOnly: boolean
  /** `import(…)`: loaded when it is reached. */
  readonly late: boolean
}

interface Source {
  readonly file: string
  readonly text: string
  readonly imports: readonly Import[]
}

/** The code and style files below folders, by their path from the root. */
function sourcesOf(...folders: string[]): Source[] {
  const files = folders.flatMap((folder) =>
    globSync(`${folder}/**/*.{ts,tsx,mjs,css}`, {
      cwd: root,
      // Also what the benchmarks install of others.
      exclude: (path) => /(^|\/)(node_modules|out|dist|bench\/data)$/.test(path),
    }),
  )
  return files.sort().map((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return { file, text, imports: importsOf(text) }
  })
}

function importsOf(text: string): Import[] {
  const code = withoutComments(text)
  const still = [...code.matchAll(/^(?:import|export)\s+(type\s)?([^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)].map(
    ([, type, names, from = '']) => ({ from, typeOnly: Boolean(type) || onlyTypes(names), late: false }),
  )
  const late = [
    ...code.matchAll(/(typeof\s+)?\bimport\(\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]\s*,?\s*\)(\.[A-Z])?/g),
  ].map(([, type, from = '', member]) => ({ from, typeOnly: Boolean(type ?? member), late: true }))
  return [...still, ...late]
}

/** `import { type A, type B } from`: nothing is left of it either. */
function onlyTypes(names: string | undefined): boolean {
  const inside = /^\s*\{([^}]*)\}\s+from/
    .exec(names ?? '')?.[1]
    ?.split(',')
    .filter((name) => name.trim())
  return Boolean(inside?.length && inside.every((name) => name.trim().startsWith('type ')))
}

/** The code without comments; texts with slashes in them keep their length, not their content. */
const withoutComments = (text: string): string =>
  text.replace(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/.*/g,
    (_, quoted = '') => quoted,
  )

const isTest = (file: string): boolean => /\.(test|scene)\.ts$|\/testing\.ts$|\/tiny-model\.ts$/.test(file)
const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
const isPackage = (from: string): boolean => !from.startsWith('.') && !from.startsWith('node:')

function dependencies(folder: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  return Object.keys(dependencies)
}

/** What a file imports that it may not, as `file → what`. */
function breaches(
  sources: readonly Source[],
  allowed: (from: string, source: Source, one: Import) => boolean,
): string[] {
  return sources.flatMap((source) =>
    source.imports.filter((one) => !allowed(one.from, source, one)).map(({ from }) => `${source.file} → ${from}`),
  )
}

/** Whether a relative import stays below a folder. */
const staysIn = (folder: string, from: string, { file }: Source): boolean =>
  !relative(folder, join(dirname(file), from)).startsWith('..')

const testTools = ['vitest', 'fast-check']

describe('the import arrow', () => {
  const runtime = sourcesOf('runtime')
  const nodes = sourcesOf('nodes')

  test('the reader of imports sees each way of writing one', () => {
    const text = `import a from 'a'\nimport type { B } from 'b'\nimport { type C } from 'c'\nimport {\n  d,\n} from 'd'
import 'e'\nexport * from './f.ts'\nconst g = await import('g')\ntype H = typeof import('h')\n// import i from 'i'\n`
    const seen = importsOf(text).map(
      ({ from, typeOnly, late }) => `${from}${typeOnly ? ' type' : ''}${late ? ' late' : ''}`,
    )
    expect(seen).toEqual(['a', 'b type', 'c type', 'd', 'e', './f.ts', 'g late', 'h type late'])
    expect(runtime.length).toBeGreaterThan(100)
    expect(nodes.length).toBeGreaterThan(80)
  })

  test('runtime imports nothing of ours but itself, and only packages that it names', () => {
    const known = dependencies('runtime')
    const allowed = (from: string, source: Source) =>
      from.startsWith('node:') ||
      (isPackage(from)
        ? known.includes(packageOf(from)) ||
          (isTest(source.file) && testTools.includes(from)) ||
          // What is written for somebody imports the SDK as they do.
          (source.file.startsWith('runtime/sdk/templates/') && from === '@headrace/runtime/sdk')
        : staysIn('runtime', from, source))
    expect(breaches(runtime, allowed)).toEqual([])
  })

  test('nodes import the SDK, each other, and only packages that they name', () => {
    const known = dependencies('nodes').filter((name) => !name.startsWith('@headrace/'))
    const doors = ['sdk', 'arrow', 'arrowlayout', 'text', 'time'].map((door) => `@headrace/runtime/${door}`)
    const allowed = (from: string, source: Source) =>
      from.startsWith('node:') ||
      (isPackage(from)
        ? doors.includes(from) ||
          known.includes(packageOf(from)) ||
          (isTest(source.file) && [...testTools, '@headrace/runtime/testing'].includes(from))
        : staysIn('nodes', from, source))
    expect(breaches(nodes, allowed)).toEqual([])
  })

  test('a node imports no other node: what they share lies in formats', () => {
    const definitions = nodes.filter(
      ({ file }) => /^nodes\/(sources|transforms|models|sinks)\//.test(file) && !isTest(file),
    )
    const allowed = (from: string, source: Source) => !from.startsWith('.') || staysIn('nodes/formats', from, source)
    expect(breaches(definitions, allowed)).toEqual([])
  })

  test('the editor imports the pipeline and types alone', () => {
    const allowed = (from: string, source: Source, { typeOnly }: Import) =>
      !from.startsWith('@headrace/')
        ? isPackage(from) || from.startsWith('node:') || staysIn('editor', from, source)
        : from === '@headrace/runtime/pipeline' || typeOnly
    expect(breaches(sourcesOf('editor'), allowed)).toEqual([])
  })

  test('what a pipeline is, and its plan, is pure: nothing of Node', () => {
    const pure = runtime.filter(({ file }) => file.startsWith('runtime/pipeline/') && !isTest(file))
    expect(breaches(pure, (from, _, { typeOnly }) => typeOnly || !from.startsWith('node:'))).toEqual([])
    const plan = runtime.filter(({ file }) => file === 'runtime/plan/plan.ts' || file === 'runtime/plan/memory.ts')
    expect(plan.length).toBeGreaterThan(0)
    expect(breaches(plan, (from, _, { typeOnly }) => typeOnly || !from.startsWith('node:'))).toEqual([])
  })

  test('heavy packages are loaded when they are used, never by importing a node, the SDK or the command line', () => {
    const heavy = [
      '@duckdb',
      '@lancedb',
      'onnxruntime',
      'parquet-wasm',
      'apache-arrow',
      '@huggingface',
      're2js',
      'tinyglobby',
      'typebox',
    ]
    const all = new Map([...runtime, ...nodes].map((source) => [source.file, source]))
    const doors = [...all.keys()].filter(
      (file) =>
        /^nodes\/(sources|transforms|models|sinks)\/[^/]+\.ts$|^nodes\/doctor\.ts$|^runtime\/cli\//.test(file) &&
        !isTest(file),
    )
    expect(doors.length).toBeGreaterThan(20)
    for (const door of [...doors, 'runtime/index.ts', 'runtime/sdk/index.ts', 'runtime/pipeline/index.ts']) {
      const reached = closure(door, all)
      const loaded = reached.filter(({ from }) => heavy.some((name) => from.startsWith(name)))
      expect(loaded.map(({ by, from }) => `${door}: ${by} → ${from}`)).toEqual([])
    }
  })
})

/** Every package that importing a file loads at once, and the file that asks for it. */
function closure(door: string, all: ReadonlyMap<string, Source>): { by: string; from: string }[] {
  const seen = new Set<string>()
  const packages: { by: string; from: string }[] = []
  const doors: Record<string, string> = {
    '@headrace/runtime/sdk': 'runtime/sdk/index.ts',
    '@headrace/runtime/arrow': 'runtime/memory/arrow.ts',
    '@headrace/runtime/arrowlayout': 'runtime/memory/arrowlayout.ts',
  }
  const visit = (file: string): void => {
    const source = all.get(file)
    if (!source) throw new Error(`${file} is imported and not there`)
    if (seen.has(file)) return
    seen.add(file)
    for (const { from, typeOnly, late } of source.imports) {
      if (typeOnly || late || from.startsWith('node:')) continue
      const inside = from.startsWith('.') ? join(dirname(file), from) : doors[from]
      if (inside) visit(inside)
      else packages.push({ by: file, from })
    }
  }
  visit(door)
  return packages
}

describe('files', () => {
  const all = sourcesOf('runtime', 'nodes', 'test', 'editor', 'examples')

  test('have at most 300 lines', () => {
    const long = all.map(({ file, text }) => ({ file, lines: text.trimEnd().split('\n').length }))
    expect(long.filter(({ lines }) => lines > 300)).toEqual([])
  })

  test('let types flow: no any without a reason beside it, no silenced compiler', () => {
    const silenced = new RegExp(['@ts-', '(ignore|expect-error|nocheck)'].join(''))
    const loose = /\bas any\b|[:<,|&]\s*any\b(?=\s*[,;=)>[\]|&{]|\s*$)/m
    const found = all.filter(({ text }) => {
      const unexplained = text.replace(/biome-ignore lint\/suspicious\/noExplicitAny: \w.*\n.*\n/g, '\n')
      const code = withoutComments(unexplained).replace(/(['"`])(?:(?!\1)[^\\]|\\.)*\1/g, "''")
      const types = code.replace(/\?[^?:\n]*:\s*any\b/g, '') // `condition ? one : any` is a value
      return silenced.test(text) || loose.test(types)
    })
    expect(found.map(({ file }) => file)).toEqual([])
  })

  test('leave nothing for later: no test is set aside, nothing waits for somebody', () => {
    const later = new RegExp(['\\b(TO', 'DO|FIX', 'ME)\\b|\\b(test|it|describe)\\.(only|skip|todo)\\('].join(''))
    expect(all.filter(({ text }) => later.test(text)).map(({ file }) => file)).toEqual([])
  })

  test('have names that say what is in them', () => {
    const empty = all.filter(({ file }) => /(^|[/-])(utils?|helpers?|common|managers?|misc)([./-]|$)/.test(file))
    expect(empty.map(({ file }) => file)).toEqual([])
  })
})
