import { readFile } from 'node:fs/promises'
import { hasErrors } from '../engine/prepare.ts'
import { parsePipeline } from '../pipeline/document.ts'
import { printProblem } from '../pipeline/print.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import { parseTests, testFileOf, testSchema } from '../pipeline/tests/index.ts'
import { describeTest } from '../tests/describe.ts'
import { readTests } from '../tests/find.ts'
import { chosen, runTests, type TestResult } from '../tests/run.ts'
import { updateTests } from '../tests/update.ts'
import { grouped, styled } from './print.ts'

interface TestFlags {
  readonly only?: string
  readonly update?: boolean
  readonly json?: boolean
  readonly schema?: boolean
}

/** `headrace test`: puts rows in, compares what comes out; 0 all passed, 1 one failed, 2 a file is wrong. */
export async function test(pipeline: string | undefined, flags: TestFlags): Promise<number> {
  if (flags.schema) {
    process.stdout.write(`${JSON.stringify(testSchema(), null, 2)}\n`)
    return 0
  }
  if (pipeline === undefined) throw new HeadraceError('bad-option', 'which pipeline is to be tested is missing')
  // Whoever names the tests means the pipeline beside them.
  const file = pipeline.replace(/\.test\.json$/, '.json')
  const text = await readPipeline(file)
  const tests = await readTests(file)
  if (!tests) throw noTests(file)
  const { pipeline: drawn, problems: unread } = parsePipeline(text, file)
  // Of a file that is no pipeline nothing more can be said.
  const problems = drawn ? tests.problems : unread
  for (const problem of problems) process.stderr.write(`${printProblem(problem)}\n`)
  const task = { file, text, tests, ...(flags.only !== undefined && { only: flags.only }) }
  if (!drawn || !tests.file || hasErrors(tests.problems)) return refuse(flags, problems)
  if (chosen(task).length === 0)
    throw noneChosen(
      tests.path,
      tests.file.tests.map(({ name }) => name),
      flags.only,
    )
  const print = (result: TestResult) => {
    if (!flags.json) process.stdout.write(`${describeTest(result)}\n`)
  }
  let results = await runTests(task, flags.update ? undefined : print)
  if (flags.update) {
    const written = await updateTests(tests.path, tests.text, results)
    results = await runTests({ ...task, tests: parseTests(written.text, tests.path) }, print)
    if (!flags.json && written.tests)
      process.stdout.write(`${written.tests} of ${results.length} rewritten in ${tests.path}\n`)
  }
  const wrong = results.some(({ problems }) => hasErrors(problems))
  return tell(flags, results, wrong ? 2 : results.every(({ ok }) => ok) ? 0 : 1)
}

function refuse({ json }: TestFlags, problems: readonly Problem[]): number {
  if (json) process.stdout.write(`${JSON.stringify({ ok: false, passed: 0, failed: 0, problems, tests: [] })}\n`)
  return 2
}

function tell({ json }: TestFlags, results: readonly TestResult[], exitCode: number): number {
  const passed = results.filter(({ ok }) => ok).length
  const failed = results.length - passed
  const seconds = results.reduce((sum, one) => sum + one.seconds, 0)
  if (json) {
    const tests = results.map(({ found: _found, ...result }) => result)
    process.stdout.write(`${JSON.stringify({ ok: exitCode === 0, passed, failed, tests })}\n`)
  } else if (results.length) {
    const what = failed
      ? styled('red', `${grouped(failed)} of ${count(results.length)} failed`)
      : styled('green', `${count(passed)} passed`)
    process.stdout.write(`${what} · ${seconds.toFixed(1)} s\n`)
  }
  return exitCode
}

const count = (tests: number): string => `${grouped(tests)} ${tests === 1 ? 'test' : 'tests'}`

async function readPipeline(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // what the file system throws
    if (code !== 'ENOENT') throw new HeadraceError('unreadable-file', message, { place: { file } })
    throw new HeadraceError('missing-file', 'there is no such pipeline file', {
      place: { file },
      hint: 'Check the path; it is relative to the current folder.',
    })
  }
}

function noTests(file: string): HeadraceError {
  const path = testFileOf(file)
  return new HeadraceError('no-tests', `${file} has no tests: there is no ${path}`, {
    hint: `Save rows as a test in the page (headrace edit), or write it:\n{ "headrace-test": 1, "tests": [{ "name": "…", "put": { "NODE": [{ "COLUMN": 1 }] }, "expect": { "NODE": [{ "COLUMN": 1 }] } }] }`,
  })
}

function noneChosen(path: string, names: readonly string[], only: string | undefined): HeadraceError {
  if (names.length === 0) return new HeadraceError('no-tests', `${path} holds no test`, { hint: 'Add one to "tests".' })
  const hint = `There are: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
  return new HeadraceError('no-tests', `no test in ${path} has "${only}" in its name`, { hint })
}
