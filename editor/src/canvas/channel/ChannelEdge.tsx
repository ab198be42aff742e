import { type EdgeProps, Position } from '@xyflow/react'
import { memo, useMemo } from 'react'
import { useFlow } from '../flow/feed.ts'
import { useLevel } from '../flow/level.ts'
import { channelFlow, edgeReading, edgeWidth } from '../flow/readings.ts'
import type { CanvasEdge, ChannelData } from '../scene/scene.ts'
import { ChannelChip } from './ChannelChip.tsx'
import { ChannelPath, type PathState } from './ChannelPath.tsx'
import { curveOf, pathOf } from './curve.ts'
import './channel.css'

/** An edge as a channel: its width is the flow, its hatching says that it is full; a chip stands above it. */
export const ChannelEdge = memo(function ChannelEdge(props: EdgeProps<CanvasEdge>) {
  const { id, selected = false, sourceX, sourceY, targetX, targetY, sourcePosition } = props
  const data = props.data as ChannelData // every edge of ours has it
  const far = useLevel(id) === 'far'
  const curve = useMemo(() => {
    const side = sourcePosition === Position.Bottom ? 'bottom' : 'right'
    return curveOf([sourceX, sourceY], [targetX, targetY], side)
  }, [sourceX, sourceY, targetX, targetY, sourcePosition])
  const flow = useFlow(id, ({ picture, run }) => {
    const flow = run && channelFlow(picture, data.live)
    const ended = run?.status !== 'running'
    if (!flow) return { state: run ? ('none' as const) : ('rest' as const), width: 2, reading: null }
    const width = ended ? 2 : edgeWidth(flow.rowsPerSecond)
    const state: PathState = ended ? 'ended' : flow.full ? 'full' : flow.rowsPerSecond < 0.5 ? 'idle' : 'flows'
    // From far away there is no chip: its figures need not be made.
    return { state, width, reading: far ? null : edgeReading(flow, ended) }
  })
  return (
    <>
      <ChannelPath
        id={id}
        path={useMemo(() => pathOf(curve), [curve])}
        rejects={data.rejects}
        selected={selected}
        state={flow.state}
        width={far ? flow.width * 2 : flow.width}
      />
      {!far && <ChannelChip id={id} data={data} curve={curve} selected={selected} reading={flow.reading} />}
    </>
  )
})
