import { type Command, Option } from 'commander'
import { wholeNumber } from './options.ts'

/** How a run is waited for, told and handed on: `run`, `resume` and `replay` have these options. */
export function unattended(command: Command): Command {
  const seconds = wholeNumber('--wait')
  return command
    .option(
      '--wait [seconds]',
      'wait until another run of this pipeline has ended (default: exit code 4)',
      (text: string) => (text === forever ? Number.POSITIVE_INFINITY : seconds(text)),
    )
    .option(
      '--on-end <command>',
      'a shell command that gets the final JSON on its standard input, however this ends; what it does changes no exit code',
    )
    .addOption(
      new Option('--log <form>', 'how it is told on standard error: for people, or one JSON object a line')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--profile', 'say at the end where the time went: each node, its model, its storing, the workers')
}

const forever = 'forever'
const commands = new Set(['run', 'resume', 'replay'])

/** The arguments with `--wait` alone written out: `--wait pipeline.json` names no seconds. */
export function withBareWait(args: readonly string[]): string[] {
  if (!commands.has(args.find((arg) => !arg.startsWith('-')) ?? '')) return [...args]
  return args.map((arg, at) => (arg === '--wait' && !/^-?\d/.test(args[at + 1] ?? '') ? `--wait=${forever}` : arg))
}
