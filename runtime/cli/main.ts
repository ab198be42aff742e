import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { HeadraceError, type Place } from '../pipeline/problem.ts'
import { type ToParent, tellParent } from './parent.ts'
import { printError } from './print.ts'

/** A command's action; its result is the process's exit code. */
export type Act = (...args: never[]) => Promise<number>

/** Reads the command line and does what it says; returns the exit code (engine: 0, 1, 2, 3, 4, 130, 143). */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0
  // Whoever reads along may leave (`| head`): a run goes on without a reader.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  /** Loads a command's code only when it is the one that was asked for. */
  const command =
    <T extends unknown[]>(load: () => Promise<(...given: T) => Promise<number>>) =>
    async (...given: T) => {
      exitCode = await (await load())(...given)
    }
  const program = describe(command)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${printError(error)}\n`)
    tellParent(parentRefusal(error))
    // Whoever asked for an object gets one, also when there is nothing but a refusal to tell.
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify(refusal(error))}\n`)
    return error instanceof HeadraceError && error.code === 'another-run' ? 4 : 2
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

function refusal(error: unknown) {
  const { message } = error instanceof Error ? error : { message: String(error) }
  const { code, hint, place } =
    error instanceof HeadraceError ? error : { code: 'crash', hint: undefined, place: {} as Place }
  return { status: 'refused', problems: [{ severity: 'error', code, message, ...(hint && { hint }), place }] }
}

function parentRefusal(error: unknown): ToParent {
  const { code, message, hint } =
    error instanceof HeadraceError ? error : { code: 'crash', message: String(error), hint: undefined }
  return { type: 'refused', code, error: message, ...(hint && { hint }) }
}

type Wrap = <T extends unknown[]>(
  load: () => Promise<(...given: T) => Promise<number>>,
) => (...given: T) => Promise<void>

function describe(command: Wrap): Command {
  const program = new Command('headrace')
    .description('Runs data pipelines: files in, cleaned, through a model, into a store; every row accounted for.')
    .version(version(), '-V, --version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(headrace --help shows the commands)')
    .configureHelp({ sortSubcommands: false })
    .addHelpText('after', examples)
  program
    .command('run <pipeline>')
    .description('run a pipeline')
    .option('--set <node.setting=value>', 'override a setting for this run (repeatable)', collect)
    .option('--limit <rows>', 'take only the first rows of each source', wholeNumber('--limit'))
    .option('--workers <count>', 'worker threads (default: as many as cores)', wholeNumber('--workers', 1))
    .option('--memory <size>', 'memory for rows on their way: 512MB, 2GiB (default: 1GiB, or half of what there is)')
    .option('--state <folder>', 'keep runs here instead of .headrace beside the pipeline')
    .option('--anew', 'start anew although an unfinished run has stored rows')
    .option('--json', 'print one JSON object at the end, on standard output')
    .addOption(new Option('--draft <file>', 'run the text in this file in place of the pipeline file').hideHelp())
    .addOption(logLevel())
    .addHelpText(
      'after',
      '\nExamples:\n  headrace run pipeline.json\n  headrace run pipeline.json --limit 1000 --set store.ifExists=replace',
    )
    .action(command(async () => (await import('./run.ts')).run))
  program
    .command('check <pipeline>')
    .description('find every problem before a run, and show the columns')
    .option('--set <node.setting=value>', 'override a setting (repeatable)', collect)
    .option('--json', 'print problems and columns as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace check pipeline.json\n  headrace check pipeline.json --set orders.path=today.csv --json',
    )
    .action(command(async () => (await import('./check.ts')).check))
  program
    .command('search <pipeline> <question>')
    .description("ask a pipeline's vector store in words")
    .option('--node <id>', 'the vector sink to ask, where there are several')
    .option('-n, --rows <count>', 'how many rows', wholeNumber('--rows', 1), 5)
    .option('--json', 'print the rows as JSON')
    .addHelpText('after', '\nExample:\n  headrace search examples/emoji-search/pipeline.json "sad cat"')
    .action(command(async () => (await import('./search.ts')).search))
  program
    .command('resume <run>')
    .description('go on with an unfinished run: its id, or a pipeline file for its latest one')
    .option('--state <folder>', 'where runs are kept')
    .option('--json', 'print one JSON object at the end')
    .addOption(logLevel())
    .addHelpText('after', '\nExamples:\n  headrace resume pipeline.json\n  headrace resume 20261123-204800-3f9a')
    .action(command(async () => (await import('./resume.ts')).resume))
  program
    .command('replay <run>')
    .description("run a run's rejected rows again, mended or not: its id, or a pipeline file for its latest run")
    .option('--rows <list>', 'only these rejected rows, by their places from 0: 0,3-5')
    .option('--mend <file>', 'JSON with new raw text or new values by place: {"raw": {"0": "…"}, "values": {"3": {…}}}')
    .option('--state <folder>', 'where runs are kept')
    .option('--json', 'print one JSON object at the end')
    .addOption(new Option('--draft <file>', 'run the text in this file in place of the pipeline file').hideHelp())
    .addOption(logLevel())
    .addHelpText(
      'after',
      '\nRows that are stored leave the file of rejected rows; outputs are added to, whatever ifExists says.\n\nExamples:\n  headrace replay pipeline.json\n  headrace replay 20261123-204800-3f9a --rows 0,3-5\n  headrace replay pipeline.json --mend mended.json',
    )
    .action(command(async () => (await import('./replay.ts')).replay))
  program
    .command('watch [run]')
    .description('follow a run at work, whoever started it: its id, a pipeline file, or the newest one here')
    .option('--state <folder>', 'where runs are kept')
    .option('--wait <seconds>', 'how long to wait for a run to start', wholeNumber('--wait'), 10)
    .option('--json', 'print one JSON object a line: started, counters as they change, ended')
    .addHelpText(
      'after',
      "\nIt ends when the run ends, with the run's exit code (1 where its process went away). Ctrl-C ends the watching only.\n\nExamples:\n  headrace watch\n  headrace watch pipeline.json\n  headrace watch 20261123-204800-3f9a --json",
    )
    .action(command(async () => (await import('./watch.ts')).watch))
  program
    .command('runs [pipeline]')
    .description('list the runs of a pipeline, or of the pipelines in this folder')
    .option('--state <folder>', 'where runs are kept')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  headrace runs pipeline.json')
    .action(command(async () => (await import('./runs.ts')).runs))
  program
    .command('plan <pipeline>')
    .description('show how a pipeline will run: stages, workers, parts, memory, and why')
    .option('--set <node.setting=value>', 'override a setting (repeatable)', collect)
    .option('--limit <rows>', 'as for run', wholeNumber('--limit'))
    .option('--workers <count>', 'as for run', wholeNumber('--workers', 1))
    .option('--memory <size>', 'as for run')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', '\nExample:\n  headrace plan pipeline.json --workers 4 --memory 512MB')
    .action(command(async () => (await import('./plan.ts')).plan))
  program
    .command('edit [folder]')
    .description('draw, run and watch the pipelines of a folder in the browser')
    .option(
      '--port <number>',
      'the port (default: the last one, or the next free one from 4100; 0: any)',
      wholeNumber('--port'),
    )
    .option('--data <folder>', 'another folder that may be read from (repeatable)', collect)
    .option('--no-open', 'print the address and open no browser')
    .option('--host <address>', 'listen there instead of 127.0.0.1; needs --tls-cert and --tls-key, or --behind-proxy')
    .option('--tls-cert <file>', 'certificate, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--behind-proxy', 'a proxy before it does TLS and passes Host on')
    .option('--allow-host <name>', 'a name by which browsers call it, as in the address (repeatable)', collect)
    .addOption(logLevel())
    .addHelpText('after', '\nExamples:\n  headrace edit my-pipelines\n  headrace edit . --data /var/data --no-open')
    .action(command(async () => (await import('./edit.ts')).edit))
  program
    .command('nodes [type]')
    .description('list the nodes, or explain one')
    .option('--json', 'print the catalogue as JSON')
    .option('--markdown', 'print the reference as Markdown')
    .option('--schema', 'print a JSON Schema for pipeline files')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace nodes\n  headrace nodes sources/csv\n  headrace nodes --schema > pipeline.schema.json',
    )
    .action(command(async () => (await import('./nodes.ts')).nodes))
  program
    .command('doctor')
    .description('show what this machine has: Node, memory, model providers, native packages')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  headrace doctor')
    .action(command(async () => (await import('./doctor.ts')).doctor))
  return program
}

const examples = `
Examples:
  headrace run pipeline.json                run it
  headrace check pipeline.json              look for problems first
  headrace search pipeline.json "sad cat"   ask the vector store it filled
  headrace resume pipeline.json             go on after an interruption
  headrace watch                            follow the run at work here, whoever started it

Exit codes: 0 done · 1 failed, can be resumed · 2 wrong before the first row · 3 done, with rejected rows ·
4 another run of this pipeline is at work · 130, 143 stopped by a signal, can be resumed`

const collect = (value: string, before: string[] = []): string[] => [...before, value]

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version

const logLevel = () =>
  new Option('--log-level <level>', 'what is told while it runs')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('warn')

const wholeNumber =
  (option: string, least = 0) =>
  (text: string) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new HeadraceError('bad-option', `${option} "${text}" is not a whole number from ${least}`)
    return value
  }
