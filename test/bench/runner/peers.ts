import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, runNode, runProcess } from './process.ts'

/** Tools that others use for the same work, in folders of their own. */
export interface Peers {
  /** Runs a Python script of `peers/` until it ends. */
  readonly run: (script: string, args: readonly string[]) => Promise<Ended>
  /** Runs a Node script of `peers/` until it ends. */
  readonly node: (script: string, args: readonly string[]) => Promise<Ended>
  readonly versions: { readonly [name: string]: string }
}

const folder = join(import.meta.dirname, '..', 'peers')
const installed = join(import.meta.dirname, '..', 'data')
const python = join(installed, 'python', 'bin', 'python')

/** Installs the peers where that has not been done; the reason where it cannot be done here. */
export function installPeers(say: (text: string) => void): Peers | string {
  const [list, manifest] = ['requirements.txt', 'package.json'].map((name) => join(folder, name)) as [string, string]
  try {
    once('python', list, say, (target) => {
      execFileSync('python3', ['-m', 'venv', target], { stdio: 'pipe' })
      execFileSync(python, ['-m', 'pip', 'install', '-q', '-r', list], { stdio: 'pipe' })
    })
    once('node', manifest, say, (target) => {
      mkdirSync(target, { recursive: true })
      copyFileSync(manifest, join(target, 'package.json'))
      execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: target, stdio: 'pipe' })
    })
  } catch (error) {
    return `the peers are not here: ${(error as Error).message.split('\n')[0]}`
  }
  const versions = [...readFileSync(list, 'utf8').matchAll(/^([\w-]+)==(.+)$/gm)]
  return {
    run: (script, args) => runProcess(python, [join(folder, script), ...args]),
    node: (script, args) => runNode([join(folder, script), ...args]),
    versions: Object.fromEntries(versions.map(([, name, version]) => [name, version])),
  }
}

/** Installs into a folder of its own, again only where the list has changed. */
function once(name: string, list: string, say: (text: string) => void, install: (target: string) => void): void {
  const target = join(installed, name)
  const stamp = join(target, 'headrace-stamp')
  const wanted = createHash('sha256').update(readFileSync(list)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say(`installing peers: ${name}`)
  rmSync(target, { recursive: true, force: true })
  install(target)
  writeFileSync(stamp, wanted)
}
