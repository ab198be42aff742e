import { readFile } from 'node:fs/promises'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import { type ParsedTests, parseTests, testFileOf } from '../pipeline/tests/index.ts'
import { prepareTest } from './prepare.ts'
import { subjectFor, type TestTask } from './run.ts'

/** Reads the file of tests beside a pipeline; null where there is none. */
export async function readTests(
  pipeline: string,
): Promise<(ParsedTests & { readonly path: string; readonly text: string }) | null> {
  const path = testFileOf(pipeline)
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path))
    return { ...parseTests(text, path), path, text }
  } catch (error) {
    if (error instanceof TypeError)
      throw new HeadraceError('not-utf8', 'the file of tests is not UTF-8', {
        place: { file: path },
        hint: 'Save it as UTF-8.',
      })
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null // what the file system throws
    throw error
  }
}

/** Everything that is wrong with tests before one is played: of the file, of what it names, of its values. */
export async function checkTests({
  tests,
  signal = new AbortController().signal,
  ...task
}: TestTask): Promise<Problem[]> {
  const problems = [...tests.problems]
  const subject = await subjectFor(task, signal)
  for (const test of tests.file?.tests ?? []) {
    const prepared = await prepareTest(test, subject, tests.positions)
    prepared.remove()
    // What is wrong with the pipeline is said when the pipeline is checked.
    problems.push(...prepared.problems.filter(({ place }) => place.file === tests.positions.file))
  }
  return problems
}
