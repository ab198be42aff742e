import { copyNodes, duplicateNodes, type Pasted, pasteNodes, type Spot } from '@headrace/runtime/pipeline'
import type { Action } from '../command/action.ts'
import { announce } from '../model/announce.ts'
import { edit, useDocument } from '../model/document.ts'
import { notify } from '../model/notices.ts'
import { nothing, useSelection } from '../model/selection.ts'
import { useView } from '../model/view.ts'
import { withPlaces } from './adding.ts'
import { onGrid } from './card/shape.ts'
import { removeSelected, selectedNodes } from './editing.ts'
import { pointerOnCanvas, spotUnder } from './stage.ts'
import { reveal } from './viewing.ts'
import { words } from './words.ts'

/** What was copied last, for where the browser lets nobody read its clipboard. */
let kept = ''

/** What is selected as text; '' where nothing is. */
function selectedText(): string {
  const { pipeline } = useDocument.getState()
  const { note } = useSelection.getState()
  const nodes = selectedNodes()
  if (!pipeline || (nodes.length === 0 && note === null)) return ''
  return copyNodes(withPlaces(pipeline), nodes, note === null ? [] : [note])
}

function take(made: (at: Spot | null) => Pasted | null, label: string, at: Spot | null): boolean {
  const pasted = made(at && onGrid(at))
  if (!pasted) return false
  edit(label, () => pasted.pipeline)
  const [note = null] = pasted.notes
  useSelection.setState({ ...nothing, nodes: pasted.nodes, note: pasted.nodes.length ? null : note })
  announce(words.pasted(pasted.nodes))
  const [first] = pasted.nodes
  if (first !== undefined) reveal(first)
  return true
}

function paste(text: string): boolean {
  const { pipeline } = useDocument.getState()
  const screen = pointerOnCanvas()
  if (!pipeline) return false
  return take((at) => pasteNodes(withPlaces(pipeline), text, at), words.paste, screen && spotUnder(screen))
}

function duplicate(): void {
  const { pipeline } = useDocument.getState()
  const { note } = useSelection.getState()
  if (!pipeline) return
  take(() => duplicateNodes(withPlaces(pipeline), selectedNodes(), note === null ? [] : [note]), words.duplicate, null)
}

/** Copies, cuts and pastes nodes by the browser's own events: text in fields and tables stays theirs. */
export function followClipboard(): () => void {
  const copy = (event: ClipboardEvent) => {
    const text = isElsewhere() ? '' : selectedText()
    if (!text) return
    event.preventDefault()
    kept = text
    event.clipboardData?.setData('text/plain', text)
    announce(words.copied(selectedNodes()))
    if (event.type === 'cut') removeSelected()
  }
  const pasteText = (event: ClipboardEvent) => {
    if (isElsewhere()) return
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (paste(text)) event.preventDefault()
    else if (text.trim()) notify('warning', words.notPasted, { hint: words.notPastedHelp })
  }
  document.addEventListener('copy', copy)
  document.addEventListener('cut', copy)
  document.addEventListener('paste', pasteText)
  return () => {
    document.removeEventListener('copy', copy)
    document.removeEventListener('cut', copy)
    document.removeEventListener('paste', pasteText)
  }
}

function isElsewhere(): boolean {
  const { activeElement } = document
  const field = activeElement?.matches('input, textarea, select, [contenteditable="true"]') ?? false
  return field || useView.getState().place !== 'pipeline' || !getSelection()?.isCollapsed
}

function copyNow(): void {
  kept = selectedText()
  announce(words.copied(selectedNodes()))
  void navigator.clipboard?.writeText(kept).catch(() => {})
}

async function pasteNow(): Promise<void> {
  // The reader may have said no, or the page is not served safely: then what was copied here.
  const text = await Promise.resolve(navigator.clipboard?.readText()).catch(() => undefined)
  if (!paste(text || kept)) notify('warning', words.notPasted, { hint: words.notPastedHelp })
}

// Ctrl+C and its like come as the browser's events, not as keys.
const never = () => false

/** Copy, cut, paste and duplicate. */
export const clipboardActions = (some: () => boolean, here: () => boolean): readonly Action[] => [
  { id: 'copy', title: words.copy, group: 'Node', keys: 'Mod+C', keysWhen: never, enabled: some, run: copyNow },
  {
    id: 'cut',
    title: words.cut,
    group: 'Node',
    keys: 'Mod+X',
    keysWhen: never,
    enabled: some,
    run: () => {
      copyNow()
      removeSelected()
    },
  },
  {
    id: 'paste',
    title: words.paste,
    group: 'Canvas',
    keys: 'Mod+V',
    keysWhen: never,
    enabled: here,
    run: () => void pasteNow(),
  },
  { id: 'duplicate', title: words.duplicate, group: 'Node', keys: 'Mod+D', enabled: some, run: duplicate },
]
