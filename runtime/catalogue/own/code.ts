import { createHash } from 'node:crypto'
import { basename, dirname, relative } from 'node:path'
import type { NodeDefinition } from '../../sdk/node.ts'
import type { CodeFile } from './hooks.ts'

/** The code that a node of somebody's own came from. */
export interface Code {
  /** The node's file, absolute. */
  readonly file: string
  /** All its files: itself and what it imports by path. */
  readonly files: readonly CodeFile[]
  /** Of the files' texts and their places to one another. */
  readonly digest: string
}

const codes = new WeakMap<object, Code>()

/** The code of a node that lies beside its pipeline; undefined for a node of a library. */
export const codeOf = (definition: NodeDefinition): Code | undefined => codes.get(definition)

/** Remembers what a definition was loaded from. */
export function keepCode(definition: NodeDefinition, file: string, files: readonly CodeFile[]): void {
  const folder = dirname(file)
  const listed = files.map(({ path, hash }) => `${relative(folder, path).replaceAll('\\', '/')} ${hash}`).sort()
  const digest = createHash('sha256')
    .update([basename(file), ...listed].join('\n'))
    .digest('hex')
  codes.set(definition, { file, files: [...files], digest })
}
