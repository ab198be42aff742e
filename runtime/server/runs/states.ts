import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isPassedOver } from '../pipelines/ids.ts'

const mostFolders = 2000
const deepest = 8

/**
 * Finds the folders that keep runs: `.headrace` in the edited folder and below it. A folder is read again only when
 * something was made or removed in it, so that asking once a second costs a stat a folder.
 */
export function stateFinder(edited: string): () => readonly string[] {
  const known = new Map<
    string,
    { readonly mark: number; readonly inside: readonly string[]; readonly state: boolean }
  >()
  return () => {
    const states: string[] = []
    const seen = new Set<string>()
    const waiting = [{ path: edited, depth: 0 }]
    for (let next = waiting.shift(); next && seen.size < mostFolders; next = waiting.shift()) {
      const { path, depth } = next
      const mark = statSync(path, { throwIfNoEntry: false })?.mtimeMs
      if (mark === undefined) continue
      seen.add(path)
      const before = known.get(path)
      const folder = before?.mark === mark ? before : { mark, ...foldersIn(path) }
      known.set(path, folder)
      if (folder.state) states.push(join(path, '.headrace'))
      if (depth < deepest) waiting.push(...folder.inside.map((name) => ({ path: join(path, name), depth: depth + 1 })))
    }
    for (const path of known.keys()) if (!seen.has(path)) known.delete(path)
    return states
  }
}

function foldersIn(path: string): { inside: string[]; state: boolean } {
  try {
    const names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    return { inside: names.filter((name) => !isPassedOver(name)), state: names.includes('.headrace') }
  } catch {
    // Not ours to read: nothing in it is shown.
    return { inside: [], state: false }
  }
}
