import { HeadraceError, type SourceContext } from '@headrace/runtime/sdk'
import { Bench, readSource } from '@headrace/runtime/testing'
import source from '../../../sources/parquet.ts'
import { readParquet } from '../read.ts'

/** For tests: what a file's rows are by DuckDB, by its pages alone, or as users read it; or the error as text. */
export async function readBy(
  by: 'both' | 'pages' | 'duckdb',
  path: string,
  limits: Partial<SourceContext<never>> = {},
) {
  const node: typeof source = { ...source, read: (context) => readParquet({ ...context, ...limits }, { by }) }
  try {
    const { rows, identities, rejected, problems } = await readSource(node, { path }, new Bench())
    return { rows, identities, rejected, problems: problems.map(({ message }) => message) }
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
    return { error: `${error.code}: ${error.message}` }
  }
}
