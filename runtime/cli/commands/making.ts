import type { Command } from 'commander'
import type { Wrap } from './options.ts'

/** Commands about nodes and this machine. */
export function making(program: Command, command: Wrap): void {
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
    .action(command(async () => (await import('../nodes.ts')).nodes))
  program
    .command('doctor')
    .description('show what this machine has: Node, memory, model providers, native packages')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  headrace doctor')
    .action(command(async () => (await import('../doctor.ts')).doctor))
}
