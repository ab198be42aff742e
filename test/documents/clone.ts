import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { printedAddress } from '../browser/server.ts'
import { missingLines, type Step, stepsOf } from './markdown.ts'

export const root = join(import.meta.dirname, '..', '..')

/** What was printed, standard output and standard error together, as a reader sees it. */
export interface Printed {
  readonly command: string
  readonly output: string
  readonly code: number | null
}

/** A copy of what a reader works with in a clone; what commands write stays in it. */
export class Clone {
  readonly folder = mkdtempSync(join(tmpdir(), 'headrace-clone-'))
  readonly printed: Printed[] = []
  readonly #exports: string[] = []
  #server: ChildProcess | undefined
  #address: URL | undefined

  constructor() {
    symlinkSync(join(root, 'node_modules'), this.path('node_modules'))
    cpSync(join(root, 'package.json'), this.path('package.json'))
    const outputs = new Set(['out', '.headrace', 'node_modules', 'models', 'data'])
    cpSync(join(root, 'examples'), this.path('examples'), {
      recursive: true,
      filter: (path) => !outputs.has(basename(path)),
    })
    symlinkSync(join(root, 'examples', 'models'), this.path('examples/models'))
    for (const name of readdirSync(join(root, 'examples'))) {
      const packages = join(root, 'examples', name, 'node_modules')
      if (existsSync(packages)) symlinkSync(packages, this.path(`examples/${name}/node_modules`))
    }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  remove(): void {
    this.#server?.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Does what a document says, step by step. */
  async follow(markdown: string): Promise<void> {
    for (const step of stepsOf(markdown)) await this.take(step)
  }

  /** Does one step, and throws where it ends or prints otherwise than the document says. */
  async take(step: Step): Promise<void> {
    if (step.kind === 'file') {
      mkdirSync(dirname(this.path(step.path)), { recursive: true })
      writeFileSync(this.path(step.path), step.text)
      return
    }
    if (step.command.startsWith('export ')) {
      this.#exports.push(step.command)
      return
    }
    const command = withoutSetup(step.command)
    if (command === null) return
    if (command.startsWith('curl ') && spawnSync('curl', ['--version']).error) return
    if (step.command === 'npm start') return await this.#serve(command)
    const { code, output } = await this.#shell(command)
    this.printed.push({ command: step.command, output, code })
    const where = `line ${step.line}: ${step.command}`
    if (code !== step.exitCode) throw new Error(`${where}\nended with ${code}, not ${step.exitCode}:\n${output}`)
    const missing = missingLines(step.shown ?? '', output)
    if (missing.length) throw new Error(`${where}\ndid not print:\n${missing.join('\n')}\nIt printed:\n${output}`)
  }

  /** Starts the server and leaves it at work, as a reader does in a terminal of its own. */
  async #serve(command: string): Promise<void> {
    const child = spawn('bash', ['-c', `mkdir -p my-pipelines && exec ${command} --no-open --port 0`], {
      cwd: this.folder,
      env: { ...process.env, NO_COLOR: '1' },
    })
    this.#server = child
    this.#address = new URL(await printedAddress(child))
  }

  /** What a command prints while another one is at work, and after it until it has printed what is waited for. */
  async beside(command: string, other: string, until: RegExp): Promise<string> {
    const child = spawn('bash', ['-c', `exec ${this.#addressed(command)}`], { cwd: this.folder })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    await this.#shell(other)
    for (let waited = 0; waited < 20_000 && !until.test(output); waited += 100)
      await new Promise((resolve) => setTimeout(resolve, 100))
    child.kill()
    return output
  }

  /** The command with the port and token of the server's address. */
  #addressed(command: string): string {
    if (!this.#address) return command
    const token = this.#address.searchParams.get('token') ?? ''
    return command.replaceAll('PORT', this.#address.port).replaceAll('TOKEN', token)
  }

  #shell(command: string): Promise<{ code: number | null; output: string }> {
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; output: string }>()
    const script = [...this.#exports, this.#addressed(command)].join('\n')
    const { FORCE_COLOR: _, ...env } = process.env
    const child = spawn('bash', ['-c', script], { cwd: this.folder, env: { ...env, NO_COLOR: '1' } })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve({ code, output }))
    return promise
  }
}

/** A script's command without the set-up before it; null for `npm test`, which is at work already when this runs. */
function withoutSetup(command: string): string | null {
  const name = /^npm (?:run )?(demo|start|test)$/.exec(command)?.[1]
  if (!name) return command
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const script = scripts[name]
  if (!script) throw new Error(`package.json has no script ${name}`)
  return name === 'test' ? null : `node_modules/.bin/${script.split('&&').at(-1)?.trim()}`
}
