import type { Command } from 'commander'
import { collect, logLevel, type Wrap, wholeNumber } from './options.ts'

/** The command for the browser. */
export function serving(program: Command, command: Wrap): void {
  program
    .command('edit [folder]')
    .description('draw, run and watch the pipelines of a folder in the browser')
    .option(
      '--port <number>',
      'the port (default: the last one, or the next free one from 4100; 0: any)',
      wholeNumber('--port'),
    )
    .option('--data <folder>', 'another folder that may be read from (repeatable)', collect)
    .option('--state <folder>', 'keep runs, drafts and what else is written here instead of .headrace in the folder')
    .option('--no-open', 'print the address and open no browser')
    .option('--host <address>', 'listen there instead of 127.0.0.1; needs --tls-cert and --tls-key, or --behind-proxy')
    .option('--tls-cert <file>', 'certificate, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--behind-proxy', 'a proxy before it does TLS and passes Host on')
    .option('--allow-host <name>', 'a name by which browsers call it, as in the address (repeatable)', collect)
    .addOption(logLevel())
    .addHelpText('after', '\nExamples:\n  headrace edit my-pipelines\n  headrace edit . --data /var/data --no-open')
    .action(command(async () => (await import('../edit.ts')).edit))
}
