import { create } from 'zustand'
import { select } from '../model/selection.ts'
import { show } from '../model/view.ts'

/** A setting that the reader is to be taken to. */
export interface Goal {
  readonly node: string
  /** The setting's path as problems name it; '' for the first that is needed. */
  readonly setting: string
  /** Its picker opens too. */
  readonly open: boolean
}

export const useGoal = create<{ readonly goal: Goal | null }>(() => ({ goal: null }))

/** Selects a node, shows its form, and puts the cursor into a setting. */
export function goTo(node: string, setting = '', open = false): void {
  show({ inspectorOpen: true })
  select({ nodes: [node] })
  useGoal.setState({ goal: { node, setting, open } })
}
