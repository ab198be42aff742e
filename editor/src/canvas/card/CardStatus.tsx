import { memo } from 'react'
import { useNodePreview } from '../../model/preview.ts'
import { exact } from '../../style/numbers.ts'
import { useFlow } from '../flow/feed.ts'
import { nodeReading } from '../flow/readings.ts'
import type { CardFacts } from '../scene/facts.ts'
import { words } from '../words.ts'
import type { CardShape } from './shape.ts'
import { TimeBar } from './TimeBar.tsx'

/** A card's last line: what is known before a run; rows, the figure that matters and the bar of its time in one. */
export const CardStatus = memo(function CardStatus({ facts, shape }: { facts: CardFacts; shape: CardShape }) {
  return (
    <div className="card-status">
      {facts.state === 'off' || facts.state === 'passed' ? (
        <div className="card-figures">
          <span>{facts.state === 'passed' ? words.passes : words.off}</span>
        </div>
      ) : shape.running ? (
        <RunStatus facts={facts} />
      ) : (
        <RestStatus facts={facts} />
      )}
    </div>
  )
})

function RunStatus({ facts }: { facts: CardFacts }) {
  const reading = useFlow(facts.id, ({ picture, run }) => {
    const flow = picture?.nodes[facts.id]
    const ended = run?.status !== 'running'
    if (!flow) return picture ? words.notInRun : ended ? words.notCounted : words.starting
    return nodeReading(flow, {
      sink: facts.kind === 'sink',
      table: facts.kind === 'table',
      ended,
      bottleneck: picture?.bottleneck?.node === facts.id,
    })
  })
  if (typeof reading === 'string') {
    return (
      <div className="card-figures">
        <span className="soft">{reading}</span>
      </div>
    )
  }
  return (
    <>
      <div className="card-figures" title={reading.leftExact}>
        <span>{reading.left}</span>
        <span className="card-figure" data-tone={reading.tone}>
          {reading.right}
        </span>
      </div>
      <TimeBar reading={reading} />
    </>
  )
}

function RestStatus({ facts }: { facts: CardFacts }) {
  const preview = useNodePreview(facts.id)
  const count = restCount(facts, preview)
  const counted = count !== ''
  const left = counted || facts.columns === null ? count : words.columns(facts.columns)
  const broken = preview?.rejected ?? 0
  return (
    <div className="card-figures">
      <span>{left}</span>
      {broken > 0 ? (
        <span className="card-figure" data-tone="rejected">
          {words.broken(exact(broken))}
        </span>
      ) : (
        counted && facts.columns !== null && <span>{words.columns(facts.columns)}</span>
      )}
    </div>
  )
}

type Counts = { readonly in: number; readonly out: number; readonly filtered: number; readonly rejected: number }

function restCount({ kind, rows }: CardFacts, preview: Counts | undefined): string {
  if (kind === 'source') {
    const read = rows ?? (preview ? preview.out + preview.rejected : null)
    if (read !== null) return words.rowCount(read)
  } else if (preview && preview.filtered > 0) return words.stay(exact(preview.out), exact(preview.in))
  else if (preview && kind !== 'sink') return words.rowCount(preview.out)
  return ''
}
