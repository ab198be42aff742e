import { create } from 'zustand'

/** The column whose way from its source to the sinks is lit: an edge's key (`text → vectors`) and the column's name there. */
export interface Lit {
  readonly edge: string | null
  readonly column: string | null
}

const dark: Lit = { edge: null, column: null }

export const useLit = create<Lit>(() => dark)

/** Lights a column's way; the same one again puts it out. */
export function light(edge: string, column: string): void {
  const lit = useLit.getState()
  useLit.setState(lit.edge === edge && lit.column === column ? dark : { edge, column })
}

export const putOut = (): void => useLit.setState(dark)
