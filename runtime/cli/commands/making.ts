import { type Command, Option } from 'commander'
import type { Wrap } from './options.ts'

/** Commands about nodes and this machine. */
export function making(program: Command, command: Wrap): void {
  const nodes = program
    .command('nodes [type]')
    .description('list the nodes and those in nodes/ here, or explain one; make and test your own')
    .option('--json', 'print the catalogue as JSON')
    .option('--markdown', 'print the reference as Markdown')
    .option('--schema', 'print a JSON Schema for pipeline files')
    .option('--folder <folder>', 'the folder of the pipelines whose own nodes count (default: this one)')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace nodes\n  headrace nodes sources/csv\n  headrace nodes ./nodes/vat\n  headrace nodes --schema > pipeline.schema.json',
    )
    .action(command(async () => (await import('../nodes.ts')).nodes))
  nodes
    .command('new <path>')
    .description('write a node of your own beside the pipelines: ./nodes/vat becomes nodes/vat.ts')
    .addOption(
      new Option('--kind <kind>', 'what it is').choices(['transform', 'source', 'sink', 'model']).default('transform'),
    )
    .option('--outside', 'also where the path leads out of this folder')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace nodes new ./nodes/vat\n  headrace nodes new ./nodes/score --kind model',
    )
    .action(command(async () => (await import('../nodesnew.ts')).newNode))
  nodes
    .command('test <path>')
    .description('show whether a node of your own keeps what every node promises')
    .option('--json', 'print the promises as JSON')
    .addHelpText('after', '\nExits with 1 where a promise is broken.\n\nExample:\n  headrace nodes test ./nodes/vat')
    .action(command(async () => (await import('../nodestest.ts')).testNode))
  program
    .command('doctor')
    .description('show what this machine has: Node, memory, model providers, native packages')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  headrace doctor')
    .action(command(async () => (await import('../doctor.ts')).doctor))
}
