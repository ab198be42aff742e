import type { PointerEvent } from 'react'
import { useSelection } from '../../model/selection.ts'
import { useScene } from '../scene/store.ts'
import { words } from '../words.ts'
import { takeWire } from './draw.ts'
import { portSpot } from './portspot.ts'

/** How far a knob stands from its port: the port itself begins a new wire. */
const off = 20

/** The two ends of the selected edge as knobs: either is dragged to another port. */
export function EdgeEnds() {
  const key = useSelection(({ edge }) => edge)
  const edge = useScene(({ edges }) => (key === null ? undefined : edges.find(({ id }) => id === key)))?.data?.edge
  // Read again when the cards have moved.
  useScene(({ nodes }) => nodes)
  const [from, to] = [edge && portSpot(edge.from, 'out'), edge && portSpot(edge.to, 'in')]
  if (!edge || !from || !to) return null
  const down = from.side === 'bottom'
  const ends = [
    { end: 'from', x: from.spot[0] + (down ? 0 : off), y: from.spot[1] + (down ? off : 0), title: words.moveStart },
    { end: 'to', x: to.spot[0] - off, y: to.spot[1], title: words.moveEnd },
  ] as const
  const take = (end: 'from' | 'to') => (event: PointerEvent) => {
    if (event.button !== 0) return
    event.stopPropagation()
    event.preventDefault()
    const press = { x: event.clientX, y: event.clientY }
    if (end === 'to') takeWire(edge.from, 'out', press, edge)
    else takeWire(edge.to, 'in', press, edge)
  }
  return ends.map(({ end, x, y, title }) => (
    <span
      key={end}
      className="edge-end nodrag nopan"
      title={title}
      style={{ left: x, top: y }}
      onPointerDown={take(end)}
    />
  ))
}
