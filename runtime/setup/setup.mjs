// Installs what a command needs, once. Plain JavaScript that Node 20 runs: nothing is installed yet.
// Usage: node runtime/setup/setup.mjs demo | start | all
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
/** What each command needs, as the packages that pnpm is asked for; none: all of them. */
const scopes = {
  demo: ['headrace', '@headrace/runtime', '@headrace/nodes', '@headrace/example-emoji-search'],
  start: ['headrace', '@headrace/runtime', '@headrace/nodes', '@headrace/editor'],
  all: [],
}
/** What is there after each. */
const covered = { demo: ['demo'], start: ['start', 'demo'], all: ['all', 'start', 'demo'] }
const told = { demo: 'what the demo needs', start: 'what the editor needs', all: 'everything' }
const scope = Object.hasOwn(scopes, process.argv[2]) ? process.argv[2] : 'all'
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'pnpm-lock.yaml')))
  .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex')

/** The stamp says what was installed; with it a repeated command asks no network (npx alone hangs without one). */
const stamp = join(root, 'node_modules', '.headrace-setup.json')

function installed() {
  try {
    const { hash, scopes: done } = JSON.parse(readFileSync(stamp, 'utf8'))
    return hash === wanted && done.some((one) => covered[one]?.includes(scope))
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

// Where `npm start` keeps pipelines; out of git.
if (scope === 'start') mkdirSync(join(root, 'my-pipelines'), { recursive: true })

if (!installed()) {
  const started = Date.now()
  const filters = scopes[scope].flatMap((name) => ['--filter', name])
  console.log(`Installing ${told[scope]} from the package registry …`)
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
  const done = before.hash === wanted ? [...new Set([...before.scopes, scope])] : [scope]
  writeFileSync(stamp, JSON.stringify({ hash: wanted, scopes: done }))
  const megabytes = Math.round(bytesOf(join(root, 'node_modules')) / 1e6)
  console.log(
    `Installed ${megabytes} MB in ${Math.round((Date.now() - started) / 1000)} s. It will not be asked for again.`,
  )
}
