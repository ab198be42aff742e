import { edgeText, type PipelineEdge, type Port } from '@headrace/runtime/pipeline'
import { sceneNow } from '../scene/store.ts'
import { canvasElement, flowOnPage, type ScreenSpot, spotUnder, stage } from '../stage.ts'
import { edgeWith, fittingNodes, makeEdge, verdictOf } from './edges.ts'
import { portSpot } from './portspot.ts'
import { type Over, useWire, type Wire } from './wire.ts'

/** Pixels that the pointer moves before a press becomes a wire. */
const threshold = 4
/** This near to the canvas's border a wire pulls the canvas along. */
const border = 32

/** Begins a wire at a port; `replaces` is the edge whose other end goes elsewhere. */
export function takeWire(
  anchor: Port,
  end: 'in' | 'out',
  press: ScreenSpot,
  replaces: PipelineEdge | null = null,
): void {
  const place = portSpot(anchor, end)
  if (!place) return
  let drawn = false
  let last = press
  const begin = () => {
    drawn = true
    const base = { anchor, end, replaces }
    const wire: Wire = { ...base, start: place.spot, side: place.side, fitting: fittingNodes(base) }
    useWire.setState({ wire, refused: null, over: null, pointer: spotUnder(last), screen: last })
    pan = requestAnimationFrame(pull)
  }
  let pan = 0
  const pull = () => {
    const box = canvasElement()?.getBoundingClientRect()
    const flow = flowOnPage()
    if (box && flow) {
      const dx = pullOf(last.x, box.left, box.right)
      const dy = pullOf(last.y, box.top, box.bottom)
      if (dx || dy) {
        const { x, y, zoom } = flow.getViewport()
        void flow.setViewport({ x: x + dx, y: y + dy, zoom })
        useWire.setState({ pointer: spotUnder(last) })
      }
    }
    pan = requestAnimationFrame(pull)
  }
  const move = (event: PointerEvent) => {
    last = { x: event.clientX, y: event.clientY }
    if (!drawn && Math.hypot(last.x - press.x, last.y - press.y) > threshold) begin()
    const { wire } = useWire.getState()
    if (wire) useWire.setState({ pointer: spotUnder(last), screen: last, over: overAt(wire, event) })
  }
  const end_ = (event: PointerEvent | KeyboardEvent | FocusEvent) => {
    cancelAnimationFrame(pan)
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', up)
    removeEventListener('pointercancel', end_)
    removeEventListener('keydown', key, true)
    if (event.type !== 'pointerup') useWire.setState({ wire: null, over: null })
  }
  const up = (event: PointerEvent) => {
    end_(event)
    const { wire } = useWire.getState()
    if (wire) drop(wire, overAt(wire, event), { x: event.clientX, y: event.clientY })
  }
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    end_(event)
  }
  addEventListener('pointermove', move)
  addEventListener('pointerup', up)
  addEventListener('pointercancel', end_)
  addEventListener('keydown', key, true)
}

function pullOf(at: number, low: number, high: number): number {
  if (at < low + border) return Math.min(12, (low + border - at) / 3)
  if (at > high - border) return -Math.min(12, (at - high + border) / 3)
  return 0
}

/** The node under the pointer: its card or one of its ports. */
function overAt(wire: Wire, { clientX, clientY }: PointerEvent): Over | null {
  const under = document.elementFromPoint(clientX, clientY)
  const port = under?.closest<HTMLElement>('.port')
  const node = port?.dataset['node'] ?? under?.closest<HTMLElement>('.react-flow__node-card')?.dataset['id']
  if (node === undefined || !sceneNow().spots.has(node)) return null
  // Dropping back where it hangs is no refusal: the reader thought better of it.
  if (node === wire.anchor.node && port?.dataset['end'] !== (wire.end === 'out' ? 'in' : 'out')) return null
  const aimed = port?.dataset['end'] === (wire.end === 'out' ? 'in' : 'out') ? (port.dataset['port'] ?? null) : null
  const edge = edgeWith(wire, node, aimed)
  return { node, edge, verdict: verdictOf(edge, wire.replaces) }
}

function drop(wire: Wire, over: Over | null, screen: ScreenSpot): void {
  const box = canvasElement()?.getBoundingClientRect()
  useWire.setState({ wire: null, over: null })
  if (over) {
    const { edge } = over
    if (wire.replaces && edgeText(edge) === edgeText(wire.replaces)) return
    if (over.verdict.fits) makeEdge(edge, wire.replaces)
    else useWire.setState({ refused: { screen, edge, why: over.verdict.why, fixes: over.verdict.fixes } })
    return
  }
  const inside = box && screen.x > box.left && screen.x < box.right && screen.y > box.top && screen.y < box.bottom
  const onCard = document.elementFromPoint(screen.x, screen.y)?.closest('.react-flow__node')
  if (!inside || onCard || wire.replaces) return
  stage({
    quick: { screen, at: spotUnder(screen), ...(wire.end === 'out' ? { from: wire.anchor } : { to: wire.anchor }) },
  })
}
