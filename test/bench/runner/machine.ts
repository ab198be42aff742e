import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'

/** What the figures were taken on: its shape, never its name. */
export interface Machine {
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly versions: { readonly [what: string]: string }
  /** How busy it was before the first benchmark: figures of a busy machine are only good for their ratios. */
  readonly load: number
  /** The project's commit, with a `+` where files had changed. */
  readonly commit: string
}

const root = join(import.meta.dirname, '..', '..', '..')

export function describeMachine(peers: Machine['versions'] = {}): Machine {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    versions: {
      node: process.versions.node,
      duckdb: versionOf('@duckdb/node-api'),
      'onnxruntime-node': versionOf('onnxruntime-node'),
      lancedb: versionOf('@lancedb/lancedb'),
      'parquet-wasm': versionOf('parquet-wasm'),
      'cel-js': versionOf('@marcbachmann/cel-js', 'runtime'),
      ...Object.fromEntries(Object.entries(peers).map(([name, version]) => [`${name} (Python)`, version])),
    },
    load: Math.round((loadavg()[0] as number) * 10) / 10,
    commit: commit(),
  }
}

function versionOf(name: string, workspace = 'nodes'): string {
  const [paths = []] = [createRequire(join(root, workspace, 'package.json')).resolve.paths(name) ?? []]
  for (const folder of paths) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string }).version
    } catch {
      // Not in this folder: the next one up may have it.
    }
  }
  return 'absent'
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') ? '+' : '')
  } catch {
    return 'unknown'
  }
}
