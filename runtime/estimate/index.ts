import type { Checked } from '../catalogue/check.ts'
import { rowsOf } from '../engine/prepare.ts'
import type { PlannedSplit } from '../engine/runfolder.ts'
import { isOwnType } from '../pipeline/owntype.ts'
import { mapSecrets } from '../pipeline/secrets.ts'
import { cores } from '../plan/machine.ts'
import type { Plan } from '../plan/plan.ts'
import { sample } from './client.ts'
import { byEarlier, earlierRuns } from './earlier.ts'
import type { Estimated } from './estimate.ts'
import { project } from './project.ts'

export type { Estimate, Estimated, NodeEstimate } from './estimate.ts'

/** What an estimate is made from besides the plan. */
export interface EstimateOptions {
  /** The pipeline's file, absolute. */
  readonly file: string
  /** The folder of its runs. */
  readonly state: string
  /** Milliseconds until the plan was there. */
  readonly starting: number
}

/** How long a run of a plan will take: by an earlier run of the same pipeline, else by trying some of its rows. */
export async function estimate(
  checked: Checked,
  plan: Plan,
  splits: readonly PlannedSplit[],
  { file, state, starting }: EstimateOptions,
): Promise<Estimated> {
  const size = { rows: rowsOf(splits, plan.flow.limit), bytes: splits.reduce((sum, { split }) => sum + split.bytes, 0) }
  if (splits.length === 0 || size.rows === 0) return without('there is nothing to read')
  const before = byEarlier(earlierRuns(checked, plan, file, state), { ...size, starting })
  if (before) return { estimate: before }
  const secret = plan.flow.nodes.find(({ id, kind }) => kind !== 'sink' && hasSecret(checked, id))
  if (secret) return without(`${secret.id} has a secret, and what asks others with it is not tried`)
  const untried = plan.flow.nodes.flatMap(({ id, kind }) => {
    const why = kind === 'sink' ? whyUntried(checked, id) : null
    return why === null ? [] : [{ node: id, why }]
  })
  try {
    const sampled = await sample({ plan, splits, untried: untried.map(({ node }) => node) })
    return { estimate: project(plan, splits, sampled, { cores: cores(), starting, untried }) }
  } catch (error) {
    return without(error instanceof Error ? error.message : String(error))
  }
}

const without = (noEstimate: string): Estimated => ({ estimate: null, noEstimate })

function hasSecret({ nodes }: Checked, id: string): boolean {
  const node = nodes[id]
  let found = false
  if (node) mapSecrets(node.definition.config, node.config, () => (found = true))
  return found
}

/** Why a sink's rows are only counted; null: it is opened at another path, in a folder that is removed. */
function whyUntried(checked: Checked, id: string): string | null {
  if (hasSecret(checked, id)) return 'it has a secret'
  const node = checked.nodes[id]
  if (!node || isOwnType(node.type)) return 'a sink of your own is not opened before a run'
  return null
}
