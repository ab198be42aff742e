import { useEffect, useRef } from 'react'
import { useLibrary } from '../../model/library.ts'
import { NodeList } from '../../palette/NodeList.tsx'
import { words as listWords } from '../../palette/words.ts'
import { addAt, typeFits } from '../adding.ts'
import { cardWidth } from '../card/shape.ts'
import { canvasElement, type QuickSearch as Search, stage, useStage } from '../stage.ts'
import './search.css'

const close = () => {
  stage({ quick: null })
  canvasElement()?.focus({ preventScroll: true })
}

/** The search for a node at a spot of the canvas: where a wire was dropped it lists only what fits, and connects it. */
export function QuickSearch() {
  const quick = useStage((stage) => stage.quick)
  return quick && <Open key={`${quick.at}`} quick={quick} />
}

const size = { width: 260, height: 340 }

function Open({ quick }: { readonly quick: Search }) {
  const { screen, at, from, to, into } = quick
  const types = useLibrary((library) => library.nodes)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) stage({ quick: null })
    }
    addEventListener('pointerdown', away, true)
    return () => removeEventListener('pointerdown', away, true)
  }, [])
  const label = from ? listWords.fits(from.node) : to ? listWords.fitsBefore(to.node) : listWords.searchHelp
  const ties = { ...(from && { from }), ...(to && { to }), ...(into && { into }) }
  // A wire from an output ends at the new card's input: the card hangs right of the spot, its port at the spot's height.
  const corner: [number, number] = from
    ? [at[0], at[1] - 40]
    : to
      ? [at[0] - cardWidth, at[1] - 40]
      : [at[0], at[1] - (into ? 40 : 0)]
  return (
    <div
      ref={box}
      className="quick"
      style={{
        left: Math.max(8, Math.min(screen.x, window.innerWidth - size.width - 8)),
        top: Math.max(8, Math.min(screen.y, window.innerHeight - size.height - 8)),
      }}
    >
      {(from || to) && <div className="quick-about">{label}</div>}
      <NodeList
        types={types.filter(({ type }) => typeFits(type, ties))}
        label={label}
        autoFocus
        onEscape={close}
        onPick={(type) => {
          stage({ quick: null })
          addAt(type, corner, ties)
        }}
      />
    </div>
  )
}
