import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Checked, checkFile } from '../catalogue/check.ts'
import { printProblem } from '../pipeline/print.ts'
import { HeadraceError, type Problem } from '../pipeline/problem.ts'
import { reviewMarkdown } from '../review/markdown.ts'
import { isNothing, reviewOf } from '../review/review.ts'
import { givenParams, type ParamFlags } from './params.ts'

interface DiffFlags extends ParamFlags {
  readonly folder?: string
  readonly exitCode?: boolean
  readonly json?: boolean
}

/** `headrace diff`: what two versions of a pipeline differ in, and what must be run again; 0, or 1 with --exit-code. */
export async function diff(before: string, after: string, flags: DiffFlags): Promise<number> {
  // What git or a shell gives has no folder of its own: its paths mean those of the pipeline in the folder.
  const own = (await isRegular(after)) ? after : (await isRegular(before)) ? before : 'pipeline.json'
  const folder = resolve(flags.folder ?? dirname(own))
  const [oldText, newText] = [await read(before), await read(after)]
  const name = basename(own)
  const path = join(folder, name)
  // A parameter may be one of a single version.
  const params = givenParams(flags).map((one) => ({ ...one, recorded: true }))
  const [old, now] = [
    await checkFile(path, { text: oldText, params }),
    await checkFile(path, { text: newText, params }),
  ]
  if (!old.pipeline || !now.pipeline) {
    const problems = [...(old.pipeline ? [] : inFile(old, before)), ...(now.pipeline ? [] : inFile(now, after))]
    for (const problem of problems) process.stderr.write(`${printProblem(problem)}\n`)
    if (flags.json) process.stdout.write(`${JSON.stringify({ status: 'refused', problems })}\n`)
    return 2
  }
  const review = await reviewOf({ ...old, pipeline: old.pipeline }, { ...now, pipeline: now.pipeline })
  process.stdout.write(flags.json ? `${JSON.stringify(review)}\n` : reviewMarkdown(review, name))
  return flags.exitCode && !isNothing(review) ? 1 : 0
}

const inFile = ({ problems }: Checked, file: string): Problem[] =>
  problems.map((problem) => ({ ...problem, place: { ...problem.place, file } }))

/** A file that lies in a folder, not a pipe: `<(git show main:p.json)` is /dev/fd/63. */
async function isRegular(path: string): Promise<boolean> {
  const about = await stat(path).catch(() => null)
  return about?.isFile() ?? false
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path === '-' ? '/dev/stdin' : path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException // what the file system throws
    if (code !== 'ENOENT') throw new HeadraceError('unreadable-file', message, { place: { file: path } })
    throw new HeadraceError('missing-file', 'there is no such pipeline file', {
      place: { file: path },
      hint: 'Check the path; it is relative to the current folder. An older version comes from git: <(git show main:pipeline.json).',
    })
  }
}
