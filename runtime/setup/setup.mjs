// Installs what a command needs, once. Plain JavaScript that Node 20 runs: nothing is installed yet.
// Usage: node runtime/setup/setup.mjs demo | all
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const scope = process.argv[2] === 'demo' ? 'demo' : 'all'
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'pnpm-lock.yaml')))
  .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex')

/** The stamp says what was installed; with it a repeated command asks no network (npx alone hangs without one). */
const stamp = join(root, 'node_modules', '.headrace-setup.json')

function installed() {
  try {
    const { hash, scopes } = JSON.parse(readFileSync(stamp, 'utf8'))
    return hash === wanted && (scopes.includes(scope) || scopes.includes('all'))
  } catch {
    return false
  }
}

/** Bytes on disk; a file with several links counts once. */
function bytesOf(folder, seen = new Set()) {
  let sum = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) sum += bytesOf(path, seen)
    else if (entry.isFile()) {
      const { size, ino } = lstatSync(path)
      if (!seen.has(ino)) sum += size
      seen.add(ino)
    }
  }
  return sum
}

if (!installed()) {
  const started = Date.now()
  const parts = {
    demo: ['headrace', '@headrace/runtime', '@headrace/nodes', '@headrace/example-emoji-search'],
    all: [],
  }[scope]
  const filters = parts.flatMap((name) => ['--filter', name])
  console.log(`Installing ${scope === 'demo' ? 'what the demo needs' : 'everything'} from the package registry …`)
  const { status } = spawnSync(
    'npx',
    ['--yes', 'pnpm@12', ...filters, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0) {
    console.error('The installation failed. It needs Node 20 or newer, npm and a network; nothing else was started.')
    process.exit(1)
  }
  const before = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : { hash: wanted, scopes: [] }
  const scopes = before.hash === wanted ? [...new Set([...before.scopes, scope])] : [scope]
  writeFileSync(stamp, JSON.stringify({ hash: wanted, scopes }))
  const megabytes = Math.round(bytesOf(join(root, 'node_modules')) / 1e6)
  console.log(
    `Installed ${megabytes} MB in ${Math.round((Date.now() - started) / 1000)} s. It will not be asked for again.`,
  )
}
