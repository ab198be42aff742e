import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, runNode, runProcess } from './process.ts'

/** Runs a script of `peers/` until it ends. */
export type RunPeer = (script: string, args: readonly string[]) => Promise<Ended>

/** Tools that others use for the same work, in folders of their own. */
export interface Peers {
  /** Python. */
  readonly run: RunPeer
  /** Python with torch and Ray, which bring gigabytes; null where they cannot be had. */
  readonly heavy: RunPeer | null
  /** Node; null where its packages cannot be had. */
  readonly node: RunPeer | null
  readonly versions: { readonly [name: string]: string }
}

const folder = join(import.meta.dirname, '..', 'peers')
const installed = join(import.meta.dirname, '..', 'data')
const minutes = 60_000

/** Installs the peers where that has not been done; null, and a word why, where there are none here. */
export function installPeers(say: (text: string) => void): Peers | null {
  const python = installPython('python', 'requirements.txt', 10 * minutes, say)
  if (!python) return null
  const heavy = installPython('python-heavy', 'requirements-heavy.txt', 15 * minutes, say)
  const node = installNode(say)
  return {
    run: scriptsOf(python),
    heavy: heavy ? scriptsOf(heavy) : null,
    node: node ? (script, args) => runNode([join(folder, script), ...args]) : null,
    versions: { ...(heavy && pinned('requirements-heavy.txt')), ...pinned('requirements.txt') },
  }
}

const scriptsOf =
  (python: string): RunPeer =>
  (script, args) =>
    runProcess(python, [join(folder, script), ...args])

const pinned = (list: string): Record<string, string> =>
  Object.fromEntries(
    [...readFileSync(join(folder, list), 'utf8').matchAll(/^([\w-]+)(?:\[.*\])?==(.+)$/gm)].map(
      ([, name = '', version = '']) => [name, version],
    ),
  )

/** An environment with what a list names; its interpreter, null where it cannot be made. */
function installPython(name: string, list: string, timeout: number, say: (text: string) => void): string | null {
  const python = join(installed, name, 'bin', 'python')
  const there = once(name, list, say, (target) => {
    execFileSync('python3', ['-m', 'venv', target], { stdio: 'pipe' })
    const install = ['-m', 'pip', 'install', '-q', '--no-cache-dir', '-r', join(folder, list)]
    execFileSync(python, install, { stdio: 'pipe', timeout })
  })
  return there ? python : null
}

const installNode = (say: (text: string) => void): boolean =>
  once('node', 'package.json', say, (target) => {
    mkdirSync(target, { recursive: true })
    copyFileSync(join(folder, 'package.json'), join(target, 'package.json'))
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: target, stdio: 'pipe' })
  })

/** Installs into a folder of its own, again only where the list has changed; says so where that does not work. */
function once(name: string, list: string, say: (text: string) => void, install: (target: string) => void): boolean {
  const target = join(installed, name)
  const stamp = join(target, 'headrace-stamp')
  const wanted = createHash('sha256')
    .update(readFileSync(join(folder, list)))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true
  say(`installing peers: ${name}`)
  try {
    rmSync(target, { recursive: true, force: true })
    install(target)
    writeFileSync(stamp, wanted)
    return true
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: Buffer }
    const last = stderr?.toString().trim().split('\n').at(-1) ?? ''
    say(`skipped: the peers of ${list} are not here: ${message.split('\n')[0]} ${last}`.trimEnd())
    return false
  }
}
