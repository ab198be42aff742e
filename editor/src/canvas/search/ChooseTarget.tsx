import { edgeText, type PipelineEdge, portText } from '@headrace/runtime/pipeline'
import { Command } from 'cmdk'
import { useEffect, useRef } from 'react'
import { useDocument } from '../../model/document.ts'
import { nodeType } from '../../model/library.ts'
import { KindIcon } from '../parts/KindIcon.tsx'
import { sceneNow } from '../scene/store.ts'
import { canvasElement, spotUnder, stage, useStage } from '../stage.ts'
import { elementOf, focusNode } from '../viewing.ts'
import { edgesWith, fittingNodes, makeEdge, verdictOf } from '../wiring/edges.ts'
import { words } from '../words.ts'

/** Connecting by keyboard: the outputs of a node and what each can go to, as a list to type in. */
export function ChooseTarget() {
  const choosing = useStage((stage) => stage.choosing)
  return choosing && <Open key={choosing} node={choosing} />
}

function Open({ node }: { readonly node: string }) {
  const box = useRef<HTMLDivElement>(null)
  const nodes = useDocument(({ pipeline }) => pipeline?.nodes)
  const close = () => {
    stage({ choosing: null })
    focusNode(node)
  }
  useEffect(() => {
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) stage({ choosing: null })
    }
    addEventListener('pointerdown', away, true)
    return () => removeEventListener('pointerdown', away, true)
  }, [])
  const card = (elementOf(node) ?? canvasElement())?.getBoundingClientRect()
  if (!card || !nodes) return null
  const targets = targetsOf(node)
  const screen = { x: card.right + 8, y: card.top }
  return (
    <div ref={box} className="quick" style={{ left: Math.min(screen.x, window.innerWidth - 268), top: screen.y }}>
      <div className="quick-about">{words.connectTo(node)}</div>
      <Command
        className="node-list"
        label={words.connectTo(node)}
        loop
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          close()
        }}
      >
        <div className="node-list-top">
          <Command.Input className="node-list-search" placeholder={words.chooseTarget} autoFocus />
        </div>
        <Command.List className="node-list-found">
          <Command.Empty className="node-list-none">{words.noTarget}</Command.Empty>
          {targets.map((edge) => (
            <Command.Item
              key={edgeText(edge)}
              className="node-list-item"
              value={`${portText(edge.to)} ${edge.from.port}`}
              onSelect={() => {
                close()
                makeEdge(edge)
              }}
            >
              <KindIcon kind={nodeType(nodes[edge.to.node]?.type ?? '')?.kind ?? 'unknown'} size={12} />
              <span>
                {edge.from.port ? `${edge.from.port} → ` : ''}
                {portText(edge.to)}
              </span>
            </Command.Item>
          ))}
          <Command.Item
            className="node-list-item"
            value={words.newNode}
            onSelect={() => {
              const [port = ''] = sceneNow().shapes.get(node)?.outputs ?? []
              stage({
                choosing: null,
                quick: { screen, at: spotUnder({ x: screen.x + 120, y: screen.y + 40 }), from: { node, port } },
              })
            }}
          >
            <span className="target-item">{words.newNode}</span>
          </Command.Item>
        </Command.List>
      </Command>
    </div>
  )
}

/** An edge from each output to each input that it fits. */
function targetsOf(node: string): PipelineEdge[] {
  const shape = sceneNow().shapes.get(node)
  const outputs = [...(shape?.outputs ?? []), ...(shape?.rejects ? ['rejects'] : [])]
  return outputs.flatMap((port) => {
    const wire = { anchor: { node, port }, end: 'out', replaces: null } as const
    return [...fittingNodes(wire)].flatMap((to) => edgesWith(wire, to).filter((edge) => verdictOf(edge).fits))
  })
}
