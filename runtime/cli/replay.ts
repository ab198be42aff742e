import { readFileSync } from 'node:fs'
import { restartOf } from '../engine/crash/after.ts'
import { exactly } from '../engine/deadletters-reader.ts'
import { replayRun } from '../engine/replay/index.ts'
import { summarise } from '../engine/runfolder.ts'
import { givenState } from '../engine/statefolder.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { isRecord } from '../pipeline/shape.ts'
import type { ReplayQuestion } from '../server/api/runs.ts'
import { type EndFlags, toTheEnd } from './ending.ts'
import { findRun } from './findrun.ts'
import { follow, type OutputOptions } from './follow.ts'
import { origin } from './parent.ts'
import { resume } from './resume.ts'

interface ReplayFlags extends OutputOptions, EndFlags {
  readonly rows?: string
  readonly mend?: string
  readonly state?: string
  readonly draft?: string
}

/** `headrace replay`: a run's id or folder, or a pipeline's file for the latest run with rejected rows. */
export async function replay(which: string, flags: ReplayFlags): Promise<number> {
  // This process takes up what the last one crashed in.
  const crashed = restartOf()
  if (crashed) return await resume(crashed.folder, flags)
  return await toTheEnd(flags, async () => {
    const run = findRun(which, givenState(flags.state), (runs) =>
      runs.find(({ run, finished }) => finished && run.replayOf === null),
    )
    const question = { ...readMends(flags.mend), ...(flags.rows !== undefined && { rows: readRows(flags.rows) }) }
    return await follow(flags, async (begin) => {
      const started = await replayRun(question, {
        run,
        origin: origin(),
        ...(flags.draft !== undefined && { draft: readFileSync(flags.draft, 'utf8') }),
        ...begin,
      })
      if (started.running || started.problems.some(({ severity }) => severity === 'error')) return started
      return { nothing: `run ${summarise(run).id} has no rejected rows left: nothing to replay` }
    })
  })
}

/** `0,3-5` as places. */
function readRows(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const range = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part)
    const [from, to] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])]
    if (!range || to < from)
      throw new HeadraceError('bad-option', `--rows "${text}" is no list of rows`, {
        hint: 'Write 0,3-5: rows are counted from 0, in the order of the file of rejected rows.',
      })
    return Array.from({ length: to - from + 1 }, (_, i) => from + i)
  })
}

function readMends(file: string | undefined): Pick<ReplayQuestion, 'raw' | 'values'> {
  if (file === undefined) return {}
  const parsed: unknown = parse(file)
  const { raw = {}, values = {}, ...rest } = isRecord(parsed) ? parsed : { rest: 0 }
  const right =
    Object.keys(rest).length === 0 &&
    isRecord(raw) &&
    isRecord(values) &&
    Object.values(raw).every((text) => typeof text === 'string') &&
    Object.values(values).every(isRecord) &&
    [...Object.keys(raw), ...Object.keys(values)].every((index) => /^\d+$/.test(index))
  if (!right)
    throw new HeadraceError('bad-mend', `${file} does not say what is mended`, {
      place: { file },
      hint: 'Write {"raw": {"0": "new text of a row"}, "values": {"3": {"price": 12.5}}}: by the places of the rows, from 0.',
    })
  return { raw, values } as Pick<ReplayQuestion, 'raw' | 'values'> // looked at above
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'), exactly)
  } catch (cause) {
    throw new HeadraceError('bad-mend', `${file} cannot be read as JSON: ${(cause as Error).message}`, {
      place: { file },
      cause,
    })
  }
}
