import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// What is installed is what the lockfile says, and no package runs a script of its own but those that are named.

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const settings = read('pnpm-workspace.yaml')
const lockfile = read('pnpm-lock.yaml')

/** A block of a YAML file: the lines below a key that are indented. */
function block(text: string, key: string): string {
  const lines = text.split('\n')
  const start = lines.indexOf(`${key}:`)
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => /^\S/.test(line))
  return start < 0 ? '' : rest.slice(0, end < 0 ? rest.length : end).join('\n')
}

/** By package whether its install script may run. */
const named = new Map(
  [...block(settings, 'allowBuilds').matchAll(/^ {2}'?"?([@\w/.-]+)'?"?: (true|false)$/gm)].map(
    ([, name, may]) => [name as string, may === 'true'] as const,
  ),
)

const scripts = ['preinstall', 'install', 'postinstall']

/** Every installed package with an install script: by what stands in its package.json, or its binding.gyp. */
function withScripts(): string[] {
  const store = join(root, 'node_modules', '.pnpm')
  const found = new Set<string>()
  for (const entry of readdirSync(store)) {
    const modules = join(store, entry, 'node_modules')
    if (!existsSync(modules)) continue
    const names = readdirSync(modules).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((one) => `${name}/${one}`) : [name],
    )
    for (const name of names) {
      // The entry's own package, not those that it links to.
      if (!entry.startsWith(`${name.replace('/', '+')}@`)) continue
      const folder = join(modules, name)
      const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        scripts?: Record<string, string>
      }
      const own = scripts.some((script) => about.scripts?.[script] !== undefined)
      if (own || existsSync(join(folder, 'binding.gyp'))) found.add(name)
    }
  }
  return [...found].sort()
}

test('every installed package with an install script is named in pnpm-workspace.yaml, and only Node itself may run one', () => {
  const found = withScripts()
  // Without these two the look itself would be broken.
  expect(found).toEqual(expect.arrayContaining(['node', 'onnxruntime-node']))
  expect(found.filter((name) => !named.has(name))).toEqual([])
  expect([...named].filter(([, may]) => may).map(([name]) => name)).toEqual(['node'])
  expect(settings).not.toMatch(/dangerouslyAllowAllBuilds/)
})

test('the lockfile says of every package which bytes it is, and all come from the registry', () => {
  const packages = block(lockfile, 'packages')
  const all = [...packages.matchAll(/^ {2}'?(.+?)'?:\n {4}resolution: (.+)$/gm)]
  expect(all.length).toBeGreaterThan(100)
  expect(all.length).toBe([...packages.matchAll(/^ {2}\S.*:$/gm)].length)
  for (const [, name, resolution] of all) {
    // Node's own archives have a digest each; everything else is a package of the registry.
    expect(resolution, name).toMatch(/^\{integrity: sha(512|256)-[A-Za-z0-9+/=]+/)
    expect(resolution, name).not.toMatch(/tarball: (?!https:\/\/registry\.npmjs\.org\/)|type: git/)
  }
})

test('what a package.json asks for is in the lockfile', () => {
  const importers = block(lockfile, 'importers')
  const folders = [...importers.matchAll(/^ {2}(\S+):$/gm)].map(([, folder]) => folder as string)
  expect(folders).toEqual(expect.arrayContaining(['.', 'runtime', 'nodes', 'editor', 'test']))
  for (const folder of folders) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(join(folder, 'package.json'))) as {
      dependencies?: Record<string, string>
      devDependencies?: Record<string, string>
    }
    const start = importers.indexOf(`\n  ${folder}:\n`) + 1
    const next = importers.slice(start + 3).search(/^ {2}\S/m)
    const own = importers.slice(start, next < 0 ? undefined : start + 3 + next)
    for (const [name, wanted] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(own, `${folder}: ${name}`).toMatch(
        new RegExp(
          `^ {6}'?${name.replaceAll('.', '\\.')}'?:\\n {8}specifier: '?${wanted.replaceAll(/[.*^+]/g, '\\$&')}'?$`,
          'm',
        ),
      )
    }
  }
})
