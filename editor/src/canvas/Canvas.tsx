import { ReactFlow, ReactFlowProvider, type Viewport, ViewportPortal } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import { NodeCard } from './card/NodeCard.tsx'
import { grid } from './card/shape.ts'
import { ChannelEdge } from './channel/ChannelEdge.tsx'
import { ColumnsPopover } from './channel/ColumnsPopover.tsx'
import { ChipLayer } from './channel/chips.ts'
import { followClipboard } from './clipping.ts'
import { EmptyCanvas } from './EmptyCanvas.tsx'
import { setZoom } from './flow/level.ts'
import { keyboard } from './keyboard.ts'
import { CanvasMenu } from './menu/CanvasMenu.tsx'
import { Dots } from './parts/Dots.tsx'
import { GroupFrame } from './parts/GroupFrame.tsx'
import { firstViewport, fitWhileSettling, keepViewport, zoomLimits } from './parts/keptViewport.ts'
import { NoteCard } from './parts/NoteCard.tsx'
import { lowerShield, PanShield, raiseShield } from './parts/PanShield.tsx'
import { Uploads } from './parts/Uploads.tsx'
import { ZoomButtons } from './parts/ZoomButtons.tsx'
import { pointer } from './pointer.ts'
import { followScene, sceneNow, useScene } from './scene/store.ts'
import { ChooseTarget } from './search/ChooseTarget.tsx'
import { QuickSearch } from './search/QuickSearch.tsx'
import { flowOnPage, setCanvasElement, setFlow } from './stage.ts'
import { followWay } from './way.ts'
import { EdgeEnds } from './wiring/EdgeEnds.tsx'
import { RefusedWords } from './wiring/RefusedWords.tsx'
import { WireLine } from './wiring/WireLine.tsx'
import { WireWords } from './wiring/WireWords.tsx'
import { useWire } from './wiring/wire.ts'
import { words } from './words.ts'
import './canvas.css'
import './card/ports.css'

const nodeTypes = { card: NodeCard, frame: GroupFrame, note: NoteCard }
const edgeTypes = { channel: ChannelEdge }
const noAttribution = { hideAttribution: true }
// So many nodes are drawn whether they are seen or not: a screen reader finds all of them. With more, panning would stutter.
const drawnWhole = 150
const panButtons = [0, 1]
const snap: [number, number] = [grid, grid]
const multiKeys = ['Shift', 'Control', 'Meta']

/** The graph: cards, channels between them, and everything that is done on it by pointer and keyboard. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <Surface />
    </ReactFlowProvider>
  )
}

function Surface() {
  const id = useDocument((document) => document.id)
  const wiring = useWire(({ wire }) => wire?.end)
  const running = useLive(({ run }) => run !== null)
  const [element, setElement] = useState<HTMLElement | null>(null)
  const attach = useCallback((section: HTMLElement) => {
    setCanvasElement(section)
    const ends = [followScene(), followWay(), followClipboard()]
    setElement(section)
    return () => {
      for (const end of ends) end()
      setCanvasElement(null)
      setElement(null)
    }
  }, [])
  return (
    <section
      className="canvas"
      ref={attach}
      tabIndex={-1}
      aria-label={words.canvas}
      data-running={running || undefined}
      data-wiring={wiring}
      {...pointer.surface}
      onKeyDown={keyboard.press}
      onFocus={keyboard.focus}
    >
      {element && id !== null && <Graph key={id} pipeline={id} element={element} />}
      <PanShield />
      <EmptyCanvas />
      <ZoomButtons />
      <Uploads />
      <WireWords />
      <RefusedWords />
      <QuickSearch />
      <ChooseTarget />
      <ColumnsPopover />
      <CanvasMenu />
    </section>
  )
}

function Graph({ pipeline, element }: { readonly pipeline: string; readonly element: HTMLElement }) {
  const nodes = useScene((scene) => scene.nodes)
  const edges = useScene((scene) => scene.edges)
  const [chips, setChips] = useState<HTMLElement | null>(null)
  const [viewport] = useState(() => {
    const first = firstViewport(pipeline, sceneNow(), element)
    setZoom(first.zoom)
    return first
  })
  useEffect(
    () => fitWhileSettling(pipeline, element, (all) => void flowOnPage()?.setViewport(all)),
    [pipeline, element],
  )
  const { keepLast, ...moves } = useMemo(() => movesOf(pipeline), [pipeline])
  useEffect(() => {
    addEventListener('pagehide', keepLast)
    return () => removeEventListener('pagehide', keepLast)
  }, [keepLast])
  return (
    <ChipLayer value={chips}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={setFlow}
        {...pointer.flow}
        {...moves}
        defaultViewport={viewport}
        minZoom={zoomLimits.least}
        maxZoom={zoomLimits.most}
        snapToGrid
        snapGrid={snap}
        nodesConnectable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        panOnDrag={panButtons}
        multiSelectionKeyCode={multiKeys}
        zoomOnDoubleClick={false}
        elevateNodesOnSelect={false}
        nodeDragThreshold={3}
        proOptions={noAttribution}
        onlyRenderVisibleElements={nodes.length > drawnWhole}
      >
        <ViewportPortal>
          <Dots />
          <div className="chips" ref={setChips} />
          <WireLine />
          <EdgeEnds />
        </ViewportPortal>
      </ReactFlow>
    </ChipLayer>
  )
}

function movesOf(pipeline: string) {
  let moving: Viewport | null = null
  return {
    onMove: (event: MouseEvent | TouchEvent | null, viewport: Viewport) => {
      moving = viewport
      setZoom(viewport.zoom)
      raiseShield(event)
    },
    onMoveEnd: (_: unknown, viewport: Viewport) => {
      moving = null
      lowerShield()
      setZoom(viewport.zoom)
      keepViewport(pipeline, viewport)
    },
    /** For a page that is left at once: the end of a move comes in a later task, a wheel's 150 ms later. */
    keepLast: () => moving && keepViewport(pipeline, moving),
  }
}
