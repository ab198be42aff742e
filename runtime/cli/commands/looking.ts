import type { Command } from 'commander'
import { collect, paramOption, paramsOption, type Wrap, wholeNumber } from './options.ts'

/** Commands that look at a pipeline, its runs and what it stored. */
export function looking(program: Command, command: Wrap): void {
  program
    .command('check <pipeline>')
    .description('find every problem before a run, and show the columns')
    .option('--set <node.setting=value>', 'override a setting (repeatable)', collect)
    .addOption(paramOption())
    .addOption(paramsOption())
    .option('--memory <size>', 'as for run')
    .option('--no-data', 'look at no source files: what is pinned is what they have (for CI)')
    .option('--json', 'print problems and columns as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  headrace check pipeline.json\n  headrace check pipeline.json --set orders.path=today.csv --json\n  headrace check pipeline.json --params ci.json',
    )
    .action(command(async () => (await import('../check.ts')).check))
  program
    .command('test [pipeline]')
    .description('run the tests of a pipeline: rows put in, what comes out compared, nothing stored')
    .option('--only <text>', 'only tests whose name has this in it')
    .option('--update', 'write what was found as what is expected')
    .option('--json', 'print the results as one JSON object')
    .option('--schema', 'print a JSON Schema for files of tests')
    .addHelpText(
      'after',
      '\nThe tests of orders.json are in orders.test.json beside it. Exit codes: 0 all passed, 1 one failed, 2 a file is wrong.\n\nExamples:\n  headrace test pipeline.json\n  headrace test pipeline.json --only prices\n  headrace test --schema > tests.schema.json',
    )
    .action(command(async () => (await import('../test.ts')).test))
  program
    .command('diff <old> <new>')
    .description('say what two versions of a pipeline differ in, and what must be run again, as Markdown')
    .option('--folder <folder>', 'where relative paths of both start (default: the folder of the new file)')
    .addOption(paramOption())
    .addOption(paramsOption())
    .option('--exit-code', 'end with code 1 where there is a difference')
    .option('--json', 'print it as one JSON object')
    .addHelpText(
      'after',
      '\nExit codes: 0 compared, 1 different (with --exit-code), 2 a file cannot be read.\n\nExamples:\n  headrace diff old.json pipeline.json\n  headrace diff <(git show main:pipeline.json) pipeline.json > review.md',
    )
    .action(command(async () => (await import('../diff.ts')).diff))
  program
    .command('plan <pipeline>')
    .description('show how a pipeline will run: stages, workers, parts, memory and time, and why')
    .option('--set <node.setting=value>', 'override a setting (repeatable)', collect)
    .addOption(paramOption())
    .addOption(paramsOption())
    .option('--limit <rows>', 'as for run', wholeNumber('--limit'))
    .option('--workers <count>', 'as for run', wholeNumber('--workers', 1))
    .option('--memory <size>', 'as for run')
    .option('--no-estimate', 'do not say how long it will take, for which some rows are tried for a few seconds')
    .option('--state <folder>', 'where runs are kept: an earlier one of the pipeline tells how long it takes')
    .option('--json', 'print the plan as JSON')
    .addHelpText('after', '\nExample:\n  headrace plan pipeline.json --workers 4 --memory 512MB')
    .action(command(async () => (await import('../plan.ts')).plan))
  program
    .command('search <pipeline> <question>')
    .description("ask a pipeline's vector store in words")
    .addOption(paramOption())
    .addOption(paramsOption())
    .option('--node <id>', 'the vector sink to ask, where there are several')
    .option('-n, --rows <count>', 'how many rows', wholeNumber('--rows', 1), 5)
    .option('--json', 'print the rows as JSON')
    .addHelpText('after', '\nExample:\n  headrace search examples/emoji-search/pipeline.json "sad cat"')
    .action(command(async () => (await import('../search.ts')).search))
  program
    .command('trace <run> <row>')
    .description("show one row's way through a run's nodes: its values after each, and where it ended")
    .option('-n, --rows <count>', 'with column=value: how many of the rows found', wholeNumber('--rows', 1), 3)
    .option('--state <folder>', 'where runs are kept')
    .option('--json', 'print it as one JSON object')
    .addHelpText(
      'after',
      "\nThe run: its id, its folder, or a pipeline file for its latest one. The row: a file and a row's number in it (from 1, a\nheader not counted), a value of a source's column, or an identity: of a rejected row, or from the column _identity that\n`headrace run --lineage` stores. The row is read again and goes through the nodes as they were in the run; nothing is\nstored. Exit codes: 0 found, 2 no such row or run.\n\nExamples:\n  headrace trace pipeline.json data.csv:1234\n  headrace trace 20261123-204800-3f9a id=42\n  headrace trace pipeline.json orders:data.csv:1234.0@store",
    )
    .action(command(async () => (await import('../trace.ts')).trace))
  listing(program, command)
}

function listing(program: Command, command: Wrap): void {
  const runs = program
    .command('runs [pipeline]')
    .description('list the runs of a pipeline, or of the pipelines in this folder; `runs prune` removes old ones')
    .option('--state <folder>', 'where runs are kept')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  headrace runs pipeline.json\n  headrace runs prune --dry-run')
    .action(command(async () => (await import('../runs.ts')).runs))
  runs
    .command('prune [pipeline]')
    .description('remove old runs of a pipeline, or of the pipelines in this folder')
    .option('--days <count>', 'keep runs younger than this', wholeNumber('--days'))
    .option('--runs <count>', "keep so many of each pipeline's newest runs", wholeNumber('--runs'))
    .option('--dry-run', 'only say what would be removed')
    .option('--state <folder>', 'where runs are kept')
    .option('--json', 'print what was removed and kept, and why, as JSON')
    .addHelpText(
      'after',
      "\nWithout --days and --runs a run is kept that is younger than 30 days or among its pipeline's newest 100; with one of\nthem, that one alone counts. Always kept: runs at work, unfinished ones, those with rejected rows, and the latest one.\n\nExamples:\n  headrace runs prune --dry-run\n  headrace runs prune pipeline.json --runs 20",
    )
    .action(command(async () => (await import('../prune.ts')).prune))
}
