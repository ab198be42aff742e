import { memo } from 'react'
import { createPortal } from 'react-dom'
import { useLevel } from '../flow/level.ts'
import type { EdgeReading } from '../flow/readings.ts'
import type { ChannelData } from '../scene/scene.ts'
import { stage } from '../stage.ts'
import { words } from '../words.ts'
import { useChipLayer } from './chips.ts'
import { type Curve, pointAt } from './curve.ts'

interface Props {
  readonly id: string
  readonly data: ChannelData
  readonly curve: Curve
  readonly selected: boolean
  readonly reading: EdgeReading | null
}

/** Narrower gaps between two cards get a narrower chip. */
const wideGap = 92

/** The chip above an edge: its columns before a run, its flow in one, its rows after. Not drawn from far away. */
export const ChannelChip = memo(function ChannelChip({ id, data, curve, selected, reading }: Props) {
  const layer = useChipLayer()
  const level = useLevel(id)
  if (!layer) return null
  const [x, y] = pointAt(curve, 0.5)
  const narrow = Math.abs(curve.to[0] - curve.from[0]) < wideGap && Math.abs(curve.to[1] - curve.from[1]) < 80
  const steep = Math.abs(curve.to[1] - curve.from[1]) > 24
  const count = data.columns?.length
  return createPortal(
    <button
      type="button"
      tabIndex={-1}
      className="channel-chip nodrag nopan"
      data-edge={id}
      data-selected={selected || undefined}
      data-rejects={data.rejects || undefined}
      data-full={reading?.full || undefined}
      data-narrow={narrow || undefined}
      data-shows={reading ? (reading.ended ? 'total' : level === 'near' ? 'bytes' : 'flow') : 'columns'}
      data-steep={steep || undefined}
      data-unknown={(!reading && data.columns === null) || undefined}
      title={reading?.exact ?? (data.columns ? words.listColumns(id) : words.noColumnsWhy)}
      style={{ transform: `translate(${x}px, ${y}px) translate(-50%, ${steep ? -50 : -100}%)` }}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect()
        stage({ columns: { edge: id, screen: { x: box.x + box.width / 2, y: box.bottom } } })
      }}
    >
      {reading ? (
        <Reading reading={reading} near={level === 'near'} narrow={narrow} />
      ) : count === undefined ? (
        words.noColumns
      ) : narrow ? (
        count
      ) : (
        words.columns(count)
      )}
    </button>,
    layer,
  )
})

function Reading({ reading, near, narrow }: { reading: EdgeReading; near: boolean; narrow: boolean }) {
  return (
    <>
      <span className="channel-chip-rate">
        <b>{reading.rate}</b>
        {narrow ? '' : ` ${reading.unit}`}
      </span>
      {near && <span className="channel-chip-bytes">{reading.bytes}</span>}
      {!reading.ended && (
        <>
          <span className="channel-chip-gauge">
            <i style={{ width: `${reading.fill}%` }} />
          </span>
          <span className="channel-chip-word">{reading.word}</span>
        </>
      )}
    </>
  )
}
