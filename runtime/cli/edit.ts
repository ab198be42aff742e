import { existsSync, realpathSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { editorFolder } from '../catalogue/libraries.ts'
import { givenState } from '../engine/statefolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { addressOf, type BindingFlags, bindingOf } from '../server/binding.ts'
import { builtPage } from '../server/page/build.ts'
import { type RunningServer, startServer } from '../server/start.ts'
import { outlivesTerminal } from './parent.ts'
import { styled } from './print.ts'

interface EditFlags extends BindingFlags {
  readonly port?: number
  readonly data?: readonly string[]
  readonly state?: string
  readonly open: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** `headrace edit`: serves the editor's page over a folder until it is interrupted. */
export async function edit(given: string | undefined, flags: EditFlags): Promise<number> {
  const folder = folderAt(given ?? '.', 'folder')
  const roots = (flags.data ?? []).map((path) => folderAt(path, '--data'))
  const binding = bindingOf(flags)
  const say = (text: string) => process.stderr.write(`${text}\n`)
  const editor = editorFolder()
  if (!editor)
    throw new HeadraceError('no-editor', 'the package.json above the runtime names no editor', {
      hint: 'Add "headrace": { "editor": "@headrace/editor" } to it.',
    })
  const page = await builtPage(editor, join(import.meta.dirname, '..'), say)
  const { port = null, logLevel } = flags
  const server = await startServer({
    folder,
    roots,
    state: givenState(flags.state),
    page,
    binding,
    port,
    logLevel,
    command: commandHere(),
  })
  await show(`${addressOf(binding, server.port)}?token=${server.token}`, server.port, flags)
  return await untilInterrupted(server)
}

function folderAt(path: string, what: 'folder' | '--data'): string {
  const full = resolve(path)
  const about = statSync(full, { throwIfNoEntry: false })
  const name = what === '--data' ? `--data ${path}` : path
  if (!about)
    throw new HeadraceError('no-folder', `${name}: there is no such folder`, {
      hint: what === 'folder' ? `Make it first: mkdir -p ${path}` : 'Name a folder that is there.',
    })
  if (!about.isDirectory())
    throw new HeadraceError('no-folder', `${name} is a file, not a folder`, {
      hint: what === 'folder' ? 'Name the folder that the pipelines lie in.' : 'Name the folder that the file lies in.',
    })
  return realpathSync(full)
}

/** The command for lines that people paste into a shell, wherever they stand: `headrace` only where that is found. */
function commandHere(): string {
  const { PATH = '', npm_lifecycle_event } = process.env
  const inPath = PATH.split(delimiter).some((folder) => folder && existsSync(join(folder, 'headrace')))
  // npm puts node_modules/.bin into the path of its scripts alone.
  if (inPath && npm_lifecycle_event === undefined) return 'headrace'
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const command = join(folder, 'node_modules', '.bin', 'headrace')
    if (existsSync(command)) return command
  }
  return `${process.execPath} ${join(import.meta.dirname, 'headrace.mjs')}`
}

async function show(address: string, port: number, { open: mayOpen, host }: EditFlags): Promise<void> {
  process.stdout.write(`${styled('bold', address)}\n`)
  if (host !== undefined) return
  if (!hasDisplay()) {
    process.stdout.write(`On another machine first: ssh -L ${port}:127.0.0.1:${port} ${hostname()}\n`)
    return
  }
  if (!mayOpen) return
  const { default: open } = await import('open')
  // A machine without a browser still has the address.
  await open(address).catch(() => undefined)
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION, CI } = process.env
  if (SSH_CONNECTION || CI) return false
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY)
}

/** Goes on until Ctrl-C or a signal; a second one does not wait for anything. */
async function untilInterrupted(server: RunningServer): Promise<number> {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
  const signal = await new Promise<keyof typeof codes>((resolve) => {
    process.once('SIGINT', () => resolve('SIGINT'))
    process.once('SIGTERM', () => resolve('SIGTERM'))
    if (!outlivesTerminal) process.once('SIGHUP', () => resolve('SIGHUP'))
  })
  // A terminal that closes says so more than once.
  process.on(signal, () => signal !== 'SIGHUP' && process.exit(codes[signal]))
  await server.close()
  return signal === 'SIGINT' ? 0 : codes[signal]
}
