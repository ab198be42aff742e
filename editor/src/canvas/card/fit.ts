import { useWire } from '../wiring/wire.ts'

/** While a wire is dragged: whether this node takes it; undefined while none is. */
export const useFit = (id: string): 'fits' | 'no' | 'over' | 'from' | undefined =>
  useWire(({ wire, over }) => {
    if (!wire) return undefined
    if (wire.anchor.node === id) return 'from'
    if (over?.node === id) return wire.fitting.has(id) ? 'over' : 'no'
    return wire.fitting.has(id) ? 'fits' : 'no'
  })
