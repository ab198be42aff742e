import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** The address that a server prints once it listens; fails with what it printed where it ends before. */
export function printedAddress(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let printed = ''
  const take = (chunk: Buffer) => {
    printed += chunk
    const address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(printed)?.[0]
    if (address) resolve(address)
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  child.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${printed}`)))
  return promise
}

/** A real server over a folder of its own, as `headrace edit` starts it. */
export class Server {
  readonly folder: string
  readonly #arguments: readonly string[]
  #child: ChildProcess | undefined
  address = ''

  private constructor(folder: string, extra: readonly string[]) {
    this.folder = folder
    this.#arguments = extra
  }

  /** `files`: what the folder holds; objects are written as JSON. */
  static async start(
    files: Readonly<Record<string, string | Uint8Array | object>> = {},
    extra: readonly string[] = [],
  ) {
    const server = new Server(mkdtempSync(join(tmpdir(), 'headrace-page-')), extra)
    for (const [path, content] of Object.entries(files)) server.write(path, content)
    await server.up()
    return server
  }

  write(path: string, content: string | Uint8Array | object): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    const plain = typeof content === 'string' || content instanceof Uint8Array
    writeFileSync(file, plain ? content : `${JSON.stringify(content, null, 2)}\n`)
  }

  /** Copies a folder or file of the repository; `link` makes a symbolic link instead. */
  bring(from: string, to: string, link = false): void {
    if (link) symlinkSync(join(root, from), join(this.folder, to))
    else cpSync(join(root, from), join(this.folder, to), { recursive: true })
  }

  /** Starts the process and waits for its address. */
  async up(): Promise<void> {
    const cli = join(root, 'runtime', 'cli', 'headrace.mjs')
    const child = spawn(process.execPath, [cli, 'edit', this.folder, '--no-open', '--port', '0', ...this.#arguments], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    this.#child = child
    this.address = await printedAddress(child)
  }

  /** Ends the process, by default as Ctrl-C does. */
  async down(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  /** Lets the process stand still (SIGSTOP) or go on (SIGCONT). */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  get port(): number {
    return Number(new URL(this.address).port)
  }

  async close(): Promise<void> {
    await this.down('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A REST call with the token. */
  async rest<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { origin, searchParams } = new URL(this.address)
    const answer = await fetch(`${origin}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${searchParams.get('token')}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    const text = await answer.text()
    return (text === '' ? null : JSON.parse(text)) as T
  }
}
