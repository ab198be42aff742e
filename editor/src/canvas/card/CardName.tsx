import { memo } from 'react'
import { useFlow } from '../flow/feed.ts'
import { nodeReading } from '../flow/readings.ts'
import type { CardFacts } from '../scene/facts.ts'
import { words } from '../words.ts'
import { nameId } from './nameid.ts'

/** The card's name for a screen reader: `embed, model, all-MiniLM-L6-v2, 2 inputs, 97 % busy`; `live`: with its figures. */
export const CardName = memo(function CardName({ facts, live }: { facts: CardFacts; live: boolean }) {
  const figure = useFlow(facts.id, ({ picture, run }) => {
    const flow = live ? picture?.nodes[facts.id] : undefined
    if (!flow || !run) return ''
    const bottleneck = picture?.bottleneck?.node === facts.id
    const reading = nodeReading(flow, {
      sink: facts.kind === 'sink',
      table: facts.kind === 'table',
      ended: run.status !== 'running',
      bottleneck,
    })
    return [reading.left, reading.right, ...(bottleneck ? [words.bottleneck] : [])].filter(Boolean).join(', ')
  })
  const parts = [
    facts.name,
    words.kinds[facts.kind],
    facts.summary,
    ...(facts.kind === 'source' ? [] : [words.inputs(facts.inputs)]),
    ...(facts.state === 'off' ? [words.off] : facts.state === 'passed' ? [words.passes] : []),
    ...(facts.problems ? [`${words.problems(facts.problems)}: ${facts.problem}`] : []),
    ...(figure ? [figure] : []),
  ]
  return (
    <span className="visually-hidden" id={nameId(facts.id)}>
      {parts.join(', ')}
    </span>
  )
})
