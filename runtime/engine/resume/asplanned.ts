import type { Batch } from '../../memory/index.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { PlannedSplit } from '../runfolder.ts'
import { type FileVersion, touchedSince } from '../touched.ts'

/** Finds the files of a split as they were when the run was planned. */
export function splitVersions(files: readonly FileVersion[]) {
  const byPath = new Map(files.map((file) => [file.path, file]))
  return {
    of: ({ split, letters }: PlannedSplit): { readonly versions?: readonly FileVersion[] } => {
      const paths = letters ? [] : [...new Set(split.parts.map(({ path }) => path))]
      const versions = paths.flatMap((path) => byPath.get(path) ?? [])
      return versions.length > 0 ? { versions } : {}
    },
  }
}

/**
 * A source's batches of files that are the same before the first and after the last one as when the run was planned;
 * else, whatever the source made of them or said, an error that names the file: half of it may be old, half new.
 */
export async function* asPlanned(
  batches: AsyncIterable<Batch>,
  node: string,
  resolve: (path: string) => string,
  versions: readonly FileVersion[],
): AsyncGenerator<Batch> {
  const look = async () => {
    for (const version of versions) {
      const change = await touchedSince(version, resolve(version.path))
      if (change) throw changedUnder(node, change.path, change.what)
    }
  }
  await look()
  try {
    yield* batches
  } finally {
    await look()
  }
}

const changedUnder = (node: string, path: string, what: string): HeadraceError =>
  new HeadraceError('changed-source', `${path} changed while the run was at work: it ${what}`, {
    place: { node, file: path },
    hint: 'Nothing of this part of it was stored. Go on without what is not yet stored of it: headrace resume PIPELINE --skip-changed. Or run anew when nobody writes to it.',
  })
