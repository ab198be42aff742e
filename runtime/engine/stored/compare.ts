import { existsSync } from 'node:fs'
import type { SourceFile } from '../../sdk/node.ts'
import { fileVersion } from '../versions.ts'
import type { StoredFile } from './memory.ts'

/** A source's files beside those that runs have stored. */
export interface Compared {
  /** Paths without a stored file. */
  readonly added: ReadonlySet<string>
  /** Paths whose file is another. */
  readonly changed: ReadonlySet<string>
  /** Files that have another time and are the same, with that time. */
  readonly touched: readonly StoredFile[]
  /** Stored files that are not there any more. */
  readonly gone: readonly StoredFile[]
}

const atOnce = 16

/** Compares by size and time; where the time alone differs, by the hash of head and tail. */
export async function compareFiles(
  files: readonly SourceFile[],
  stored: ReadonlyMap<string, StoredFile>,
  absolute: (path: string) => string,
): Promise<Compared> {
  const added = new Set<string>()
  const changed = new Set<string>()
  const doubtful: { file: SourceFile; before: StoredFile }[] = []
  for (const file of files) {
    const before = stored.get(file.path)
    if (!before) added.add(file.path)
    else if (before.partly || before.size !== file.size) changed.add(file.path)
    // One was rounded, the other cut off.
    else if (Math.abs(before.modified - file.modified) > 1) doubtful.push({ file, before })
  }
  const touched: StoredFile[] = []
  const worker = async () => {
    for (let next = doubtful.pop(); next; next = doubtful.pop()) {
      const { path } = next.file
      const { hash: knownHash, inner: knownInner } = next.before
      const { hash, inner, modified } = await fileVersion(path, absolute(path), knownInner !== undefined)
      if (hash === knownHash && inner === knownInner) touched.push({ ...next.before, modified })
      else changed.add(path)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const there = new Set(files.map(({ path }) => path))
  // A file that the source's path no longer means is not gone.
  const gone = [...stored.values()].filter(({ path }) => !there.has(path) && !existsSync(absolute(path)))
  return { added, changed, touched, gone }
}
