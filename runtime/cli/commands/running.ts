import { type Command, Option } from 'commander'
import { collect, logLevel, paramOption, paramsOption, type Wrap, wholeNumber } from './options.ts'
import { unattended } from './unattended.ts'

/** Commands that run a pipeline, or follow a run. */
export function running(program: Command, command: Wrap): void {
  unattended(
    program
      .command('run <pipeline>')
      .description('run a pipeline')
      .option('--set <node.setting=value>', 'override a setting for this run (repeatable)', collect)
      .addOption(paramOption())
      .addOption(paramsOption())
      .option('--limit <rows>', 'take only the first rows of each source', wholeNumber('--limit'))
      .option('--workers <count>', 'worker threads (default: as many as cores)', wholeNumber('--workers', 1))
      .option('--memory <size>', 'memory for rows on their way: 512MB, 2GiB (default: 1GiB, or half of what there is)')
      .option('--state <folder>', 'keep runs here instead of .headrace beside the pipeline')
      .option('--anew', 'start anew although an unfinished run has stored rows')
      .option('--new', 'take only files that no completed run has stored; a changed file is done again')
      .option('--lineage', "store each row's identity too, in a column _identity that `headrace trace` takes")
      .option('--accept', 'with --new: the pipeline makes other rows now, and that is right')
      .option('--since <run>', 'do files again that this run or a later one stored')
      .option('--files <glob>', "do the files again that match: paths from the pipeline's folder, or a file's name")
      .option('--prune-gone', 'with --new: remove the rows of files that are gone (LanceDB with replaceBy)')
      .option('--json', 'print one JSON object at the end, on standard output')
      .addOption(new Option('--draft <file>', 'run the text in this file in place of the pipeline file').hideHelp())
      .addOption(logLevel()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  headrace run pipeline.json\n  headrace run pipeline.json --limit 1000 --set store.ifExists=replace\n  headrace run pipeline.json --params prod.json --param day=2026-11-24\n  headrace run pipeline.json --wait 600 --log json --on-end ./notify.sh\n  headrace run pipeline.json --new\n  headrace run pipeline.json --new --accept\n  headrace run pipeline.json --since 20261123-204800-3f9a\n  headrace run pipeline.json --files "data/2026-11-*.csv"\n\n--new goes by path, size, time and a hash of each file\'s head and tail. It adds to outputs, whatever ifExists says, as soon\nas a run has stored something. --since and --files alone take these files and none else; with --new they come besides the\nnew ones. Rows that are stored again replace the old ones where a sink has replaceBy or key, else they stand twice.',
    )
    .action(command(async () => (await import('../run.ts')).run))
  unattended(
    program
      .command('resume <run>')
      .description('go on with an unfinished run: its id, or a pipeline file for its latest one')
      .option('--skip-changed', 'leave out what is not yet stored of files that are others now, or gone')
      .option('--state <folder>', 'where runs are kept')
      .option('--json', 'print one JSON object at the end')
      .addOption(logLevel()),
  )
    .addHelpText(
      'after',
      '\nIt goes on with the files of its start: later ones wait for the next run. It refuses where a file, the pipeline or a\nmodel is not as it was; layout, names, notes, workers, memory and secrets may change.\n\nExamples:\n  headrace resume pipeline.json\n  headrace resume 20261123-204800-3f9a\n  headrace resume pipeline.json --skip-changed',
    )
    .action(command(async () => (await import('../resume.ts')).resume))
  unattended(
    program
      .command('replay <run>')
      .description("run a run's rejected rows again, mended or not: its id, or a pipeline file for its latest run")
      .option('--rows <list>', 'only these rejected rows, by their places from 0: 0,3-5')
      .option(
        '--mend <file>',
        'JSON with new raw text or new values by place: {"raw": {"0": "…"}, "values": {"3": {…}}}',
      )
      .option('--state <folder>', 'where runs are kept')
      .option('--json', 'print one JSON object at the end')
      .addOption(new Option('--draft <file>', 'run the text in this file in place of the pipeline file').hideHelp())
      .addOption(logLevel()),
  )
    .addHelpText(
      'after',
      '\nRows that are stored leave the file of rejected rows; outputs are added to, whatever ifExists says.\n\nExamples:\n  headrace replay pipeline.json\n  headrace replay 20261123-204800-3f9a --rows 0,3-5\n  headrace replay pipeline.json --mend mended.json',
    )
    .action(command(async () => (await import('../replay.ts')).replay))
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
    .action(command(async () => (await import('../watch.ts')).watch))
}
