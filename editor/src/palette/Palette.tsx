import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { addBeside } from '../canvas/adding.ts'
import { whenDrawn } from '../model/drawn.ts'
import { useLibrary } from '../model/library.ts'
import { show, useView } from '../model/view.ts'
import { BrokenNodes } from './BrokenNodes.tsx'
import { NodeList } from './NodeList.tsx'
import { words } from './words.ts'
import './palette.css'

/** The node types on the left: search, categories; it folds away. */
export function Palette() {
  const open = useView((view) => view.paletteOpen)
  const types = useLibrary((library) => library.nodes)
  const broken = useLibrary((library) => library.broken)
  const toggle = (
    <button
      type="button"
      className="palette-fold"
      aria-expanded={open}
      aria-label={open ? words.fold : words.unfold}
      title={open ? words.fold : words.unfold}
      onClick={() => show({ paletteOpen: !open })}
    >
      {open ? <PanelLeftClose size={15} aria-hidden /> : <PanelLeftOpen size={15} aria-hidden />}
    </button>
  )
  return (
    <nav className="palette" data-open={open} aria-label={words.label}>
      {!open && toggle}
      {open && types.length === 0 && <p className="soft palette-loading">{words.loading}</p>}
      {open && types.length > 0 && (
        <NodeList types={types} label={words.label} onPick={addBeside} beside={toggle} draggable />
      )}
      {open && broken.length > 0 && <BrokenNodes broken={broken} />}
    </nav>
  )
}

/** Puts the cursor into the palette's search. */
export function focusPalette(): void {
  show({ paletteOpen: true })
  whenDrawn(() => {
    const search = document.querySelector<HTMLInputElement>('.palette .node-list-search')
    search?.focus()
    search?.select()
    return Boolean(search)
  })
}
