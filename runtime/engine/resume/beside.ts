import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { pathSettings } from '../../catalogue/pathsettings.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import type { Problem } from '../../pipeline/problem.ts'
import { shapeOf } from '../../pipeline/shape.ts'
import type { ModelNode } from '../../sdk/node.ts'
import type { RunRecord } from '../runfolder.ts'
import { changedFiles, type FileVersion, fileVersions } from '../versions.ts'
import { anewCommand } from './words.ts'

/** A file that a node reads besides the rows, as it was when the run started: a lookup's table, a tokenizer. */
export interface BesideFile extends FileVersion {
  readonly node: string
  readonly setting: string
}

/** Of a folder so many files are looked at. */
const mostFiles = 1000

/**
 * The files that nodes between sources and sinks name in their settings. A model that tells by a fingerprint what it is
 * needs none.
 */
export async function filesBeside(
  nodes: { readonly [id: string]: CheckedNode },
  folder: string,
): Promise<BesideFile[]> {
  const found: { node: string; setting: string; path: string; absolute: string; size: number }[] = []
  for (const { id, definition, config } of Object.values(nodes)) {
    if (definition.kind === 'source' || definition.kind === 'sink') continue
    if (definition.kind === 'model' && (definition as ModelNode).fingerprint) continue
    for (const { setting, path } of pathSettings(definition.config, config)) {
      const { format } = shapeOf(shapeOf(definition.config).properties?.[setting])
      for (const file of await filesAt(path, folder, format === 'tokenizer')) found.push({ node: id, setting, ...file })
    }
  }
  const versions = await fileVersions(found)
  return versions.map((version, i) => ({
    ...version,
    node: found[i]?.node as string,
    setting: found[i]?.setting as string,
  }))
}

/** The file at a path, or those in the folder there; none where it is not there: the node says what that means. */
async function filesAt(path: string, folder: string, isTokenizer: boolean) {
  const absolute = isAbsolute(path) ? path : join(folder, path)
  const about = await stat(absolute).catch(() => null)
  if (!about) return []
  if (!about.isDirectory()) return [{ path, absolute, size: about.size }]
  const names = isTokenizer
    ? ['tokenizer.json']
    : (await readdir(absolute, { recursive: true })).sort().slice(0, mostFiles)
  const files = await Promise.all(
    names.map(async (name) => {
      const one = await stat(join(absolute, name)).catch(() => null)
      return one?.isFile() ? [{ path: join(path, name), absolute: join(absolute, name), size: one.size }] : []
    }),
  )
  return files.flat()
}

/** Which of the files that nodes read besides the rows are not as they were, one problem each. */
export async function besideChanges(run: RunRecord, files: readonly BesideFile[], folder: string): Promise<Problem[]> {
  const changed = await changedFiles(files, (path) => (isAbsolute(path) ? path : join(folder, path)))
  const seen = new Set<string>()
  return changed.flatMap(({ path, what }): Problem[] => {
    if (seen.has(path)) return []
    seen.add(path)
    const { node, setting } = files.find((file) => file.path === path) as BesideFile
    return [
      {
        severity: 'error',
        code: 'changed-file',
        message: `${path} ${what}`,
        hint: `Put it back as it was, or start anew: ${anewCommand(run)}`,
        place: { node, setting, file: path },
      },
    ]
  })
}
