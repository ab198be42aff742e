import { HeadraceError } from '../../pipeline/problem.ts'
import type { NodeDefinition } from '../../sdk/node.ts'
import { keepCode } from './code.ts'
import { type Exported, notANode } from './definition.ts'
import { exportPlace, type Fault, faultOf } from './fault.ts'
import { ownFile, shown } from './find.ts'
import { beginLoading, type Loading, stampOf } from './hooks.ts'

interface Kept {
  readonly loading: Loading
  readonly definition: Promise<NodeDefinition>
  /** What is not there cannot be seen to come: it is looked for anew each time. */
  again: boolean
}

const kept = new Map<string, Kept>()

/**
 * Loads a node that lies beside its pipeline: `./nodes/vat` is `nodes/vat.ts` in the folder. As it stands in the file
 * now: the same definition for the same files, another one after a change. Throws a HeadraceError that names the line.
 */
export async function loadOwn(type: string, folder: string): Promise<NodeDefinition> {
  const file = ownFile(type, folder)
  const before = kept.get(file)
  if (before && !before.again && isCurrent(before.loading, file)) return await before.definition
  const loading = beginLoading(file)
  const definition = importNode(type, folder, file, loading)
  const now: Kept = { loading, definition, again: false }
  kept.set(file, now)
  try {
    return await definition
  } catch (error) {
    now.again = error instanceof HeadraceError && error.cause !== undefined && isMissing(error.cause)
    throw error
  }
}

/** Whether nothing that was read has changed since. */
const isCurrent = ({ files }: Loading, file: string): boolean =>
  files.has(file) && [...files.values()].every(({ path, stamp }) => stampOf(path) === stamp)

async function importNode(
  type: string,
  folder: string,
  file: string,
  { url, files }: Loading,
): Promise<NodeDefinition> {
  let exported: Exported
  try {
    exported = (await import(/* @vite-ignore */ url)) as Exported
  } catch (cause) {
    throw notLoaded(type, folder, faultOf(cause, file), cause)
  }
  const wrong = notANode(exported)
  if (wrong) throw notLoaded(type, folder, { ...wrong, file, ...exportPlace(file) })
  const definition = exported.default as NodeDefinition // `notANode` looked at what can be looked at
  keepCode(definition, file, [...files.values()])
  return definition
}

function notLoaded(type: string, folder: string, { message, hint, file, line, position }: Fault, cause?: unknown) {
  const where = `${shown(file, folder)}${line ? `:${line}${position ? `:${position}` : ''}` : ''}`
  return new HeadraceError('node-not-loaded', `the node ${type} cannot be used. ${where}: ${message}`, {
    place: { file, ...(line && { line }), ...(position && { position }) },
    hint,
    cause,
  })
}

const isMissing = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && String(cause.code).endsWith('_NOT_FOUND')
