import { join } from 'node:path'
import type { End } from '../flowplan.ts'

/** Where the nodes of a run that need all rows keep them, in the run's folder; gone when the run has ended well. */
export const tablesFolder = (runFolder: string): string => join(runFolder, 'work', 'tables')

/** Where a lane stages the rows of an input. */
export const keepFolder = (tables: string, { node, input }: End): string =>
  join(tables, node.id, 'in', encodeURIComponent(input ?? ''))

/** The folder for what a node makes of all its rows, and the file that says what that is: with it, it is whole. */
export const madeFolder = (tables: string, node: string): string => join(tables, node, 'made')
export const madeFile = (tables: string, node: string): string => join(tables, node, 'made.json')
