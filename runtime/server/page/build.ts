import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HeadraceError } from '../../pipeline/problem.ts'

/** What the page is made of: of the editor's package, and of the runtime that it takes in. */
const sources = {
  editor: ['src/**/*', 'public/*', 'index.html', 'vite.config.ts', 'package.json'],
  runtime: ['pipeline/**/*.ts', 'server/api/*.ts'],
}

/**
 * The folder of the built page, built first where it is missing or older than what it is made of. HEADRACE_PAGE
 * names one that is served as it is.
 */
export async function builtPage(editor: string, runtime: string, say: (text: string) => void): Promise<string> {
  const given = process.env['HEADRACE_PAGE']
  if (given) return given
  const dist = join(editor, 'dist')
  if (isFresh(editor, runtime, dist)) return dist
  await alone(join(editor, 'dist.lock'), async () => {
    if (isFresh(editor, runtime, dist)) return
    say('Building the page …')
    await build(editor, dist)
  })
  return dist
}

function isFresh(editor: string, runtime: string, dist: string): boolean {
  const built = statSync(join(dist, 'index.html'), { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) return false
  const newest = (folder: string, patterns: readonly string[]) =>
    globSync([...patterns], { cwd: folder }).reduce((last, file) => {
      const about = statSync(join(folder, file), { throwIfNoEntry: false })
      return about?.isFile() && !/\.(test|scene)\.tsx?$/.test(file) ? Math.max(last, about.mtimeMs) : last
    }, 0)
  return built >= Math.max(newest(editor, sources.editor), newest(runtime, sources.runtime))
}

/** Builds beside the old page and puts the new one in its place: whoever is served meanwhile misses nothing. */
async function build(editor: string, dist: string): Promise<void> {
  const vite = join(editor, 'node_modules', 'vite', 'bin', 'vite.js')
  if (!existsSync(vite))
    throw new HeadraceError('no-page', 'the page is not built, and what builds it is not installed', {
      place: { file: editor },
      hint: 'npm start installs it and builds the page. Or set HEADRACE_PAGE to the folder of a built page.',
    })
  const fresh = join(editor, `.dist-${process.pid}`)
  const started = Date.now()
  try {
    await runVite(vite, editor, fresh)
    const old = `${fresh}-old`
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
    // What changed while it was built is newer than the page.
    const at = new Date(started)
    const index = join(dist, 'index.html')
    utimesSync(index, at, at)
    rmSync(old, { recursive: true, force: true })
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** The page's builder is not ours: it ends with this process all the same. */
const preload = new URL('../../process/preload.mjs', import.meta.url).href

function runVite(vite: string, editor: string, outDir: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const { NODE_ENV: _, ...env } = process.env
  const args = ['--import', preload, vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn']
  const child = spawn(process.execPath, args, {
    cwd: editor,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  child.stderr.on('data', (chunk) => (printed += chunk))
  child.on('error', reject)
  child.on('close', (code) => {
    if (code === 0) return resolve()
    const hint = `It said:\n${printed.trim().slice(-2000)}`
    reject(new HeadraceError('no-page', `the page could not be built (vite ended with ${code})`, { hint }))
  })
  return promise
}

/** Only one process at a time; a lock of one that died is taken over. */
async function alone(lock: string, act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if (!holds(lock)) rmSync(lock, { force: true })
      else await sleep(200)
    }
  }
  try {
    await act()
  } finally {
    rmSync(lock, { force: true })
  }
}

function holds(lock: string): boolean {
  try {
    const age = Date.now() - statSync(lock).mtimeMs
    const pid = Number(readFileSync(lock, 'utf8'))
    if (!pid) return age < 1000
    process.kill(pid, 0)
    return age < 300_000
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
