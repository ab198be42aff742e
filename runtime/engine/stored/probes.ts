import { pathSettings } from '../../catalogue/pathsettings.ts'
import { dataOf } from '../../drift/runs.ts'
import type { CheckedNode } from '../../pipeline/check.ts'
import type { Json, SourceProbe } from '../../sdk/node.ts'
import type { PlannedSplit } from '../runfolder.ts'

/** A source that has some of its files alone: of those that its columns are pinned for, too. */
export function onlyFiles(node: CheckedNode, paths: ReadonlySet<string>): CheckedNode {
  const probe = node.probe as unknown as SourceProbe // a source's
  const some = withFiles(probe, paths)
  if (!node.config['pin'] || !probe.data) return { ...node, probe: some }
  const runs = dataOf(probe).runs.map((run) => withFiles(run, paths))
  const data = { ...dataOf(probe), runs } as unknown as Json // plain, as it was
  return { ...node, probe: { ...some, data } }
}

function withFiles({ rows: _rows, ...probe }: SourceProbe, paths: ReadonlySet<string>): SourceProbe {
  const drift = probe.drift?.filter(({ file }) => file === '' || paths.has(file))
  return { ...probe, files: probe.files.filter(({ path }) => paths.has(path)), ...(drift && { drift }) }
}

/** Splits without parts of other files: a source of somebody's own may cut whatever it found. */
export function withoutOthers(splits: readonly PlannedSplit[], nodes: Record<string, CheckedNode>): PlannedSplit[] {
  const paths = new Map<string, ReadonlySet<string>>()
  // A source without files makes its rows of nothing.
  for (const { id, definition, config, probe } of Object.values(nodes))
    if (definition.kind === 'source' && pathSettings(definition.config, config).length > 0)
      paths.set(id, new Set((probe as unknown as SourceProbe | null)?.files.map(({ path }) => path)))
  return splits.flatMap((planned) => {
    const { rows: _rows, ...split } = planned.split
    const parts = split.parts.filter(({ path }) => paths.get(planned.source)?.has(path) ?? true)
    if (parts.length === split.parts.length) return [planned]
    return parts.length ? [{ ...planned, split: { ...split, parts } }] : []
  })
}
