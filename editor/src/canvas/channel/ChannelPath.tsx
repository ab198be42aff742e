import { memo } from 'react'
import { useStage } from '../stage.ts'
import { useIsLit } from './lit.ts'

/** What an edge's line says: at rest, rows flow, none flow now, full, not in this run, the run has ended. */
export type PathState = 'rest' | 'flows' | 'idle' | 'full' | 'none' | 'ended'

interface Props {
  readonly id: string
  readonly path: string
  readonly rejects: boolean
  readonly selected: boolean
  readonly state: PathState
  /** Pixels. */
  readonly width: number
}

/** The line of an edge; wide and invisible around it what the pointer hits. */
export const ChannelPath = memo(function ChannelPath({ id, path, rejects, selected, state, width }: Props) {
  const splicing = useStage(({ splice }) => splice === id)
  const lit = useIsLit(id)
  const drawn = rejects ? 2 : width
  return (
    <g
      className="channel"
      data-state={state}
      data-rejects={rejects || undefined}
      data-splice={splicing || undefined}
      data-lit={lit}
    >
      {selected && <path className="channel-halo" d={path} strokeWidth={drawn + 12} />}
      <path className="channel-path" d={path} strokeWidth={splicing ? drawn + 3 : drawn} />
      {state === 'full' && !rejects && <path className="channel-hatch" d={path} strokeWidth={drawn} />}
      <path className="react-flow__edge-interaction channel-hit" d={path} strokeWidth={24} />
    </g>
  )
})
