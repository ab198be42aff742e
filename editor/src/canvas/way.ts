import { columnWay } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import { useDocument } from '../model/document.ts'
import { type Lit, useLit } from '../model/lit.ts'

/** The lit column's way: the edges and nodes it passes; null while none is lit. */
export interface Way {
  readonly edges: ReadonlySet<string> | null
  readonly nodes: ReadonlySet<string> | null
}

const dark: Way = { edges: null, nodes: null }

export const useWay = create<Way>(() => dark)

let hinted: Lit | null = null

/** Lights a column's way while the pointer is on it; null: only what was clicked stays lit. */
export function hint(lit: Lit | null): void {
  hinted = lit
  draw()
}

/** Keeps the way in step with the lit column; returns what ends it. */
export function followWay(): () => void {
  const ends = [
    useLit.subscribe(draw),
    useDocument.subscribe((now, before) => {
      if (now.pipeline !== before.pipeline || now.checked !== before.checked) draw()
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}

function draw(): void {
  const { pipeline, checked } = useDocument.getState()
  const { edge, column } = hinted ?? useLit.getState()
  if (!pipeline || !checked || edge === null || column === null) {
    if (useWay.getState() !== dark) useWay.setState(dark)
    return
  }
  const { edges, nodes } = columnWay(pipeline, checked, edge, column)
  useWay.setState({ edges: new Set(Object.keys(edges)), nodes: new Set(nodes) })
}
