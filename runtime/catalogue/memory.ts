import { readBytes } from '../pipeline/amounts.ts'
import type { Checked } from '../pipeline/check.ts'
import type { Pipeline } from '../pipeline/model.ts'
import { type Positions, placeAt } from '../pipeline/positions.ts'
import type { Problem } from '../pipeline/problem.ts'
import { leadingNodes, tooLittle } from '../plan/least.ts'
import { defaultMemory } from '../plan/machine.ts'

/** Says where a pipeline is given too little memory for one worker: by `--memory` (`asked`), or by its own settings. */
export function memoryProblem(
  checked: Checked,
  { settings }: Pipeline,
  asked: number | null,
  positions: Positions,
): Problem | null {
  const written = settings.memory === undefined ? null : readBytes(settings.memory)
  const found = tooLittle(asked ?? written ?? defaultMemory(), leadingNodes(checked))
  if (!found) return null
  const place = asked === null && written !== null ? placeAt(positions, ['settings', 'memory']) : {}
  return { severity: 'error', ...found, place }
}
