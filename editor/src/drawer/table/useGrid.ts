import { type RefObject, useRef, useState } from 'react'
import { type Range, type Rectangle, rectangle } from './moves.ts'

/** What is selected in a grid, and its element, for whoever puts the focus back. */
export interface GridState {
  readonly range: Range | null
  readonly setRange: (range: Range | null) => void
  readonly element: RefObject<HTMLDivElement | null>
  readonly selected: (size: { readonly rows: number; readonly columns: number }) => Rectangle | null
}

/** The state of one grid. */
export function useGrid(): GridState {
  const [range, setRange] = useState<Range | null>(null)
  const element = useRef<HTMLDivElement>(null)
  return { range, setRange, element, selected: (size) => rectangle(range, size) }
}
