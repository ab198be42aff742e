import type { Commits } from './commits.ts'
import type { Rounds } from './phases/rounds.ts'
import type { Tables } from './phases/tables.ts'

export interface CourseOptions {
  readonly commits: Pick<Commits, 'open' | 'finish' | 'isFinished'>
  readonly tables: Pick<Tables, 'open' | 'remove'>
  /** Starts the lanes; `stageFolders`: where they stage rows, by the end's id. */
  readonly begin: (stageFolders: { readonly [end: string]: string }) => Promise<Pick<Rounds, 'run'>>
  /** Every split is done, and nothing of the outputs is in place yet. */
  readonly whole: () => Promise<void>
}

/** The course of a run, from its sinks' opening to its outputs in place; gives how much is left where it was stopped. */
export async function takeCourse({ commits, tables, begin, whole }: CourseOptions): Promise<number> {
  const sinks = await commits.open()
  // It was interrupted at its very end: what nodes kept for more may be gone already.
  if (commits.isFinished) {
    await tables.remove()
    return 0
  }
  const stageFolders = { ...sinks, ...(await tables.open()) }
  const rounds = await begin(stageFolders)
  const left = await rounds.run()
  if (left > 0) return left
  await whole()
  await commits.finish()
  await tables.remove()
  return 0
}
