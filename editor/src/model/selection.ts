import { create } from 'zustand'

/** What is selected on the canvas: node ids, or one edge by its key (`text → vectors`), a group or a note by its id. */
export interface Selection {
  readonly nodes: readonly string[]
  readonly edge: string | null
  readonly group: string | null
  readonly note: string | null
  /** The inspector takes the first empty setting's focus: a node was just added. */
  readonly focusField?: boolean
}

export const nothing: Selection = { nodes: [], edge: null, group: null, note: null, focusField: false }

export const useSelection = create<Selection>(() => nothing)

/** Selects one thing and nothing else. */
export const select = (what: Partial<Selection>): void => useSelection.setState({ ...nothing, ...what })
