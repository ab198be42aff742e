import { type EdgeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { useFlow } from '../flow/feed.ts'
import { useLevel } from '../flow/level.ts'
import { channelFlow, edgeReading } from '../flow/readings.ts'
import type { CanvasEdge, ChannelData } from '../scene/scene.ts'
import { useStage } from '../stage.ts'
import { ChannelChip } from './ChannelChip.tsx'
import { curveOf, pathOf } from './curve.ts'
import { useIsLit } from './lit.ts'
import './channel.css'

/** An edge as a channel: its width is the flow, its hatching says that it is full; a chip stands above it. */
export const ChannelEdge = memo(function ChannelEdge(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY, sourcePosition } = props
  const side = sourcePosition === Position.Bottom ? 'bottom' : 'right'
  const curve = curveOf([sourceX, sourceY], [targetX, targetY], side)
  return (
    <>
      <ChannelPath id={id} data={data as ChannelData} path={pathOf(curve)} selected={selected ?? false} />
      <ChannelChip id={id} data={data as ChannelData} curve={curve} selected={selected ?? false} />
    </>
  )
})

interface PathProps {
  readonly id: string
  readonly data: ChannelData
  readonly path: string
  readonly selected: boolean
}

const ChannelPath = memo(function ChannelPath({ id, data, path, selected }: PathProps) {
  const splicing = useStage(({ splice }) => splice === id)
  const lit = useIsLit(id)
  const far = useLevel() === 'far'
  const { width, state } = useFlow(({ picture, run }) => {
    const flow = run ? channelFlow(picture, data.live) : null
    if (!flow) return { width: 2, state: run ? 'none' : 'rest' }
    const reading = edgeReading(flow, run?.status !== 'running')
    const still = reading.ended ? 'ended' : reading.idle ? 'idle' : 'flows'
    return { width: reading.width, state: reading.full ? 'full' : still }
  })
  const drawn = data.rejects ? 2 : far ? width + 2 : width
  return (
    <g
      className="channel"
      data-state={state}
      data-rejects={data.rejects || undefined}
      data-splice={splicing || undefined}
      data-lit={lit}
    >
      {selected && <path className="channel-halo" d={path} strokeWidth={drawn + 12} />}
      <path className="channel-path" d={path} strokeWidth={splicing ? drawn + 3 : drawn} />
      {state === 'full' && !data.rejects && <path className="channel-hatch" d={path} strokeWidth={drawn} />}
      <path className="react-flow__edge-interaction channel-hit" d={path} strokeWidth={24} />
    </g>
  )
})
