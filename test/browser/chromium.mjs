// Finds a Chromium for the browser tests; where there is none, installs Debian's as root, else says what to install.
// Usage, before the tests: node test/browser/chromium.mjs
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The path of a Chromium on this machine, or null. HEADRACE_CHROMIUM names another one. */
export function findChromium() {
  const named = process.env.HEADRACE_CHROMIUM
  if (named && existsSync(named)) return named
  for (const folder of (process.env.PATH ?? '').split(':')) {
    for (const name of names) if (existsSync(`${folder}/${name}`)) return `${folder}/${name}`
  }
  return null
}

function install() {
  const debian = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!debian) {
    console.log(
      'No Chromium was found: the browser tests will be skipped. Install one (Debian: apt-get install chromium).',
    )
    return
  }
  console.log('Installing Chromium for the browser tests …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const packages = ['chromium', 'fonts-noto-color-emoji']
  const { status } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) {
    console.error('Chromium could not be installed: apt-get install chromium failed.')
    process.exit(1)
  }
}

if (import.meta.filename === process.argv[1] && !findChromium()) install()
