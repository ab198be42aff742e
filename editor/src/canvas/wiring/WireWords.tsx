import { portText } from '@headrace/runtime/pipeline'
import { words } from '../words.ts'
import { useWire } from './wire.ts'
import './wiring.css'

/** Beside the pointer while a wire is drawn: what dropping it here would do, or why it does not fit. */
export function WireWords() {
  const { wire, over, screen } = useWire()
  if (!wire) return null
  const text = over
    ? over.verdict.fits
      ? words.dropConnects(wire.end === 'out' ? portText(over.edge.to) : over.node)
      : over.verdict.why
    : words.dropSearches
  return (
    <div
      className="wire-words"
      data-no={(over && !over.verdict.fits) || undefined}
      style={{ transform: `translate(${screen.x + 14}px, ${screen.y + 14}px)` }}
    >
      {text}
      {over && !over.verdict.fits && over.verdict.fixes.length > 0 && <small>{words.dropForFixes}</small>}
    </div>
  )
}
