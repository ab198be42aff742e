import type { NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useLive } from '../../model/live.ts'
import { useLevel } from '../flow/level.ts'
import { KindIcon } from '../parts/KindIcon.tsx'
import type { CardNode } from '../scene/scene.ts'
import { useStage } from '../stage.ts'
import { useWay } from '../way.ts'
import { words } from '../words.ts'
import { CardName } from './CardName.tsx'
import { CardStatus } from './CardStatus.tsx'
import { CardTitle } from './CardTitle.tsx'
import { useFit } from './fit.ts'
import { Ports } from './Ports.tsx'
import './card.css'

/** A node: icon, name, one line of summary, one line of status; far away a block with its name. */
export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<CardNode>) {
  const { facts, shape } = data
  const level = useLevel(id)
  const fit = useFit(id)
  const isBottleneck = useLive(({ picture, run }) => run?.status === 'running' && picture?.bottleneck?.node === id)
  const lit = useWay(({ nodes }) => (nodes === null ? undefined : nodes.has(id) ? 'yes' : 'no'))
  const renaming = useStage((stage) => stage.renaming === id)
  return (
    <div
      className="card"
      data-kind={facts.kind}
      data-state={facts.state === 'on' ? undefined : facts.state}
      data-problem={facts.problems ? (facts.mild ? 'mild' : 'error') : undefined}
      data-bottleneck={isBottleneck || undefined}
      data-selected={selected || undefined}
      data-fit={fit}
      data-lit={lit}
      data-far={level === 'far' || undefined}
      title={facts.problem ?? undefined}
    >
      <CardName facts={facts} live={selected} />
      {level === 'far' ? (
        <div className="card-block" data-length={lengthOf(facts.name)}>
          <span>{facts.name}</span>
        </div>
      ) : (
        <>
          <div className="card-head">
            <KindIcon kind={facts.kind} />
            {renaming ? <CardTitle id={id} name={facts.name} /> : <strong className="card-name">{facts.name}</strong>}
            {facts.problems > 0 && (
              <span className="card-problems" data-mild={facts.mild || undefined} title={facts.problem ?? undefined}>
                {facts.problems}
              </span>
            )}
          </div>
          <div className="card-summary" title={facts.summary}>
            {facts.state === 'unknown' ? `${facts.type} · ${words.notInstalled}` : facts.summary}
          </div>
          <CardStatus facts={facts} shape={shape} />
        </>
      )}
      <Ports id={id} facts={facts} shape={shape} />
    </div>
  )
})

/** Short names are written larger: from far away they must be read. */
const lengthOf = (name: string): 'short' | 'middle' | 'long' =>
  name.length <= 6 ? 'short' : name.length <= 12 ? 'middle' : 'long'
