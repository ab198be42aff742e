import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { looking } from './commands/looking.ts'
import { making } from './commands/making.ts'
import type { Wrap } from './commands/options.ts'
import { running } from './commands/running.ts'
import { serving } from './commands/serving.ts'
import { withBareWait } from './commands/unattended.ts'
import { exitCodeOf, tellRefusal } from './refusal.ts'

/** A command's action; its result is the process's exit code. */
export type Act = (...args: never[]) => Promise<number>

/** Reads the command line and does what it says; returns the exit code (engine: 0, 1, 2, 3, 4, 129, 130, 143). */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreNoReader)
  /** Loads a command's code only when it is the one that was asked for. */
  const command =
    <T extends unknown[]>(load: () => Promise<(...given: T) => Promise<number>>) =>
    async (...given: T) => {
      exitCode = await (await load())(...given)
    }
  const program = describe(command)
  try {
    await program.parseAsync(withBareWait(args), { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    tellRefusal(error, { json: args.includes('--json'), log: isLogged(args) })
    return exitCodeOf(error)
  }
}

const isLogged = (args: readonly string[]): boolean =>
  args.includes('--log=json') || args.some((arg, at) => arg === '--log' && args[at + 1] === 'json')

/**
 * Whoever reads along may leave (`| head`), the terminal may close, the disk of a log may be full: a run goes on without
 * a reader, and its folder has everything.
 */
const noReader = new Set(['EPIPE', 'EIO', 'ENOSPC', 'EDQUOT', 'EFBIG'])

function ignoreNoReader(error: NodeJS.ErrnoException): void {
  if (!noReader.has(error.code ?? '')) throw error
}

function describe(command: Wrap): Command {
  const program = new Command('headrace')
    .description('Runs data pipelines: files in, cleaned, through a model, into a store; every row accounted for.')
    .version(version(), '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(headrace --help shows the commands)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', examples)
  running(program, command)
  looking(program, command)
  serving(program, command)
  making(program, command)
  return program
}

const examples = `
Examples:
  headrace run pipeline.json                run it
  headrace check pipeline.json              look for problems first
  headrace test pipeline.json               run the tests beside it: pipeline.test.json
  headrace search pipeline.json "sad cat"   ask the vector store it filled
  headrace resume pipeline.json             go on after an interruption
  headrace trace pipeline.json data.csv:17  show what became of one row, and why
  headrace watch                            follow the run at work here, whoever started it

Exit codes: 0 done · 1 failed, can be resumed · 2 wrong before the first row · 3 done, with rejected rows ·
4 another run of this pipeline is at work · 129, 130, 143 stopped by a signal (terminal closed, Ctrl-C, ended), can be resumed`

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version
