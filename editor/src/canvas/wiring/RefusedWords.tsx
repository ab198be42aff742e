import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { announce } from '../../model/announce.ts'
import { edit } from '../../model/document.ts'
import { words } from '../words.ts'
import { useWire } from './wire.ts'

const close = () => useWire.setState({ refused: null })

/** Where a wire was dropped that does not fit: why, and buttons that make it fit. */
export function RefusedWords() {
  const refused = useWire((wiring) => wiring.refused)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!refused) return
    announce(refused.why)
    box.current?.querySelector('button')?.focus()
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close()
    }
    addEventListener('pointerdown', away, true)
    return () => removeEventListener('pointerdown', away, true)
  }, [refused])
  if (!refused) return null
  const { screen, why, fixes, edge } = refused
  return (
    <div
      ref={box}
      className="refused"
      role="dialog"
      aria-label={words.refused(edge.from.node, edge.to.node)}
      style={{ left: screen.x, top: screen.y }}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <p>{why}</p>
      <div className="refused-fixes">
        {fixes.map(({ title, change }) => (
          <button
            key={title}
            type="button"
            className="button"
            onClick={() => {
              edit(title, change)
              close()
            }}
          >
            {title}
          </button>
        ))}
        <button type="button" className="button refused-close" aria-label={words.close} onClick={close}>
          <X size={14} aria-hidden />
        </button>
      </div>
    </div>
  )
}
