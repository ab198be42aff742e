import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { builtPage } from './build.ts'

// Vite itself builds a page of three lines.
const modules = join(import.meta.dirname, '..', '..', '..', 'editor', 'node_modules')
let base = ''
let editor = ''
let runtime = ''
let said: string[] = []
const build = () => builtPage(editor, runtime, (text) => said.push(text))
const script = () => {
  const assets = join(editor, 'dist', 'assets')
  return readFileSync(join(assets, readdirSync(assets).find((name) => name.endsWith('.js')) ?? ''), 'utf8')
}

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'headrace-page-'))
  editor = join(base, 'editor')
  runtime = join(base, 'runtime')
  said = []
  mkdirSync(join(editor, 'src'), { recursive: true })
  mkdirSync(join(runtime, 'pipeline'), { recursive: true })
  symlinkSync(modules, join(editor, 'node_modules'))
  writeFileSync(join(editor, 'package.json'), '{"type":"module"}')
  writeFileSync(join(editor, 'vite.config.ts'), "export default { base: './' }")
  writeFileSync(join(editor, 'index.html'), '<!doctype html><script type="module" src="/src/main.ts"></script>')
  writeFileSync(join(editor, 'src', 'main.ts'), 'console.log("first" as string)')
  writeFileSync(join(runtime, 'pipeline', 'a.ts'), '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(base, { recursive: true, force: true })
})

const later = (file: string) => utimesSync(file, new Date(Date.now() + 5000), new Date(Date.now() + 5000))

test('the page is built where it is missing, and again only when what it is made of is newer', async () => {
  expect(await build()).toBe(join(editor, 'dist'))
  expect(said).toEqual(['Building the page …'])
  expect(script()).toContain('first')
  await build()
  expect(said).toHaveLength(1)
  writeFileSync(join(editor, 'src', 'main.ts'), 'console.log("second" as string)')
  later(join(editor, 'src', 'main.ts'))
  await build()
  expect(said).toHaveLength(2)
  expect(script()).toContain('second')
  const after = new Date(Date.now() + 6000)
  utimesSync(join(editor, 'dist', 'index.html'), after, after)
  await build()
  expect(said).toHaveLength(2)
  utimesSync(join(runtime, 'pipeline', 'a.ts'), new Date(Date.now() + 9000), new Date(Date.now() + 9000))
  await build()
  expect(said).toHaveLength(3)
  expect(readdirSync(editor).filter((name) => name.startsWith('.dist') || name.endsWith('.lock'))).toEqual([])
})

test('two servers that start at once build it once, and a lock of a dead one is in nobody’s way', async () => {
  writeFileSync(join(editor, 'dist.lock'), '999999')
  await Promise.all([build(), build()])
  expect(said).toHaveLength(1)
})

test('a page that cannot be built says why, and the one before it stays', async () => {
  await build()
  writeFileSync(join(editor, 'src', 'main.ts'), 'import "./nothing.ts"')
  later(join(editor, 'src', 'main.ts'))
  await expect(build()).rejects.toMatchObject({ code: 'no-page', hint: expect.stringContaining('nothing.ts') })
  expect(script()).toContain('first')
})

test('without the packages that build it, it is said how they come', async () => {
  rmSync(join(editor, 'node_modules'))
  await expect(build()).rejects.toMatchObject({ code: 'no-page', hint: expect.stringContaining('npm start') })
})

test('HEADRACE_PAGE names a page that is served as it is', async () => {
  vi.stubEnv('HEADRACE_PAGE', '/some/page')
  expect(await build()).toBe('/some/page')
  expect(said).toEqual([])
})
