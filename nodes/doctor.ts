import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { listProviders } from './formats/model/provider.ts'

const require = createRequire(import.meta.url)

/** The packages with native code or WebAssembly, by what uses them. */
const packages: readonly [name: string, use: string][] = [
  ['onnxruntime-node', 'models'],
  ['@lancedb/lancedb', 'sinks/lancedb'],
  ['@duckdb/node-api', 'sources/parquet'],
  ['parquet-wasm', 'sinks/parquet'],
]

/** What `headrace doctor` says of this library: model providers, each tried, and native packages, each loaded. */
export default async function look(): Promise<{ name: string; ok: boolean; about: string }[]> {
  const providers = (await listProviders()).map(({ name, present, reason }) => ({
    name: `provider ${name}`,
    ok: present,
    about: reason,
  }))
  return [...providers, ...(await Promise.all(packages.map(([name, use]) => loads(name, use))))]
}

async function loads(name: string, use: string): Promise<{ name: string; ok: boolean; about: string }> {
  try {
    await import(name)
    return { name, ok: true, about: `${versionOf(name)}, for ${use}` }
  } catch (error) {
    return { name, ok: false, about: `does not load, so ${use} cannot run: ${(error as Error).message}` }
  }
}

/** A package's version, from the package.json above its entry. */
function versionOf(name: string): string {
  let folder = dirname(require.resolve(name))
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (found.name === name && found.version) return found.version
    } catch {
      // No package.json here: one folder up.
    }
  }
  return 'unknown version'
}
