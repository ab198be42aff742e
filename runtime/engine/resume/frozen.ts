import type { ProbeCache } from '../../catalogue/cache.ts'
import type { Json, NodeDefinition } from '../../sdk/node.ts'
import { fitsRecord, readPart } from '../runparts.ts'

/** What a run's nodes had found in their files when it started, by the nodes' ids. */
export const probesOf = (run: string): Record<string, Json> =>
  readPart<Record<string, Json>>(run, 'probes.json', fitsRecord)

/** Models and what reads files besides the rows: what they find is the same where their files are. */
export const looksAgain = ({ kind }: NodeDefinition): boolean => kind === 'model' || kind === 'transform'

/**
 * Sources find what they found when a run started, without looking: its list of files is frozen, and a file that came,
 * changed or went since is nobody's to read.
 */
export function frozenProbes(run: string): ProbeCache {
  const probes = probesOf(run)
  return {
    async probe({ node, definition }, look) {
      const before = definition.kind === 'source' ? probes[node] : null
      return before ? { probe: before, problems: [] } : await look()
    },
  }
}
