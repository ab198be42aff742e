import { Background, BackgroundVariant, ReactFlow, ReactFlowProvider, ViewportPortal } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useEffect, useState } from 'react'
import { useDocument } from '../model/document.ts'
import { useLive } from '../model/live.ts'
import { NodeCard } from './card/NodeCard.tsx'
import { ChannelEdge } from './channel/ChannelEdge.tsx'
import { ColumnsPopover } from './channel/ColumnsPopover.tsx'
import { ChipLayer } from './channel/chips.ts'
import { EmptyCanvas } from './EmptyCanvas.tsx'
import { LevelContext } from './flow/level.ts'
import { useZoomLevel } from './flow/useZoomLevel.ts'
import { keyboard } from './keyboard.ts'
import { CanvasMenu } from './menu/CanvasMenu.tsx'
import { GroupFrame } from './parts/GroupFrame.tsx'
import { useKeptViewport } from './parts/keptViewport.ts'
import { NoteCard } from './parts/NoteCard.tsx'
import { Uploads } from './parts/Uploads.tsx'
import { ZoomButtons } from './parts/ZoomButtons.tsx'
import { pointer } from './pointer.ts'
import { followScene, useScene } from './scene/store.ts'
import { ChooseTarget } from './search/ChooseTarget.tsx'
import { QuickSearch } from './search/QuickSearch.tsx'
import { setCanvasElement, setFlow } from './stage.ts'
import { followWay } from './way.ts'
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
const panButtons = [0, 1]

/** The graph: cards, channels between them, and everything that is done on it by pointer and keyboard. */
export function Canvas() {
  return (
    <ReactFlowProvider>
      <Surface />
    </ReactFlowProvider>
  )
}

function Surface() {
  const nodes = useScene((scene) => scene.nodes)
  const edges = useScene((scene) => scene.edges)
  const id = useDocument((document) => document.id)
  const running = useLive(({ run }) => run !== null)
  const wiring = useWire(({ wire }) => wire?.end)
  const level = useZoomLevel()
  const { viewport, keep } = useKeptViewport(id)
  const [chips, setChips] = useState<HTMLElement | null>(null)
  useEffect(() => {
    const ends = [followScene(), followWay()]
    return () => {
      for (const end of ends) end()
    }
  }, [])
  return (
    <section
      className="canvas"
      ref={setCanvasElement}
      tabIndex={-1}
      aria-label={words.canvas}
      data-level={level}
      data-running={running || undefined}
      data-wiring={wiring}
      {...pointer.surface}
      onKeyDown={keyboard.press}
      onFocus={keyboard.focus}
    >
      <LevelContext value={level}>
        <ChipLayer value={chips}>
          <ReactFlow
            key={id}
            nodes={nodes}
            edges={edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            onInit={setFlow}
            {...pointer.flow}
            onMoveEnd={keep}
            {...(viewport
              ? { defaultViewport: viewport }
              : { fitView: true, fitViewOptions: { padding: 0.12, maxZoom: 1 } })}
            minZoom={0.08}
            maxZoom={2.5}
            snapToGrid
            snapGrid={grid}
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
          >
            <Background variant={BackgroundVariant.Dots} gap={16} size={1.4} color="var(--dots)" />
            <ViewportPortal>
              <div className="chips" ref={setChips} />
              <WireLine />
            </ViewportPortal>
          </ReactFlow>
        </ChipLayer>
      </LevelContext>
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

const grid: [number, number] = [8, 8]
const multiKeys = ['Shift', 'Control', 'Meta']
