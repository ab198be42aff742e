import { useWay } from '../way.ts'

/** Whether an edge lies on the way of the lit column: `yes`, `no`, or undefined while no column is lit. */
export const useIsLit = (id: string): 'yes' | 'no' | undefined =>
  useWay(({ edges }) => (edges === null ? undefined : edges.has(id) ? 'yes' : 'no'))
