import type { Report, Snapshot } from '@headrace/runtime/api'
import { edgeKey, edgeText, kindOfType, parsePipeline } from '@headrace/runtime/pipeline'
import { useMemo } from 'react'
import { nodeType } from '../../model/library.ts'
import { exact, rounded } from '../../style/numbers.ts'
import { words } from '../words.ts'
import { card, curveOf, placesOf } from './place.ts'
import './picture.css'

interface RunGraphProps {
  /** The pipeline as it was run. */
  readonly text: string
  readonly report: Report | null
  readonly last: Snapshot | null
}

type Counts = { readonly out: number; readonly filtered: number; readonly rejected: number }

/** The graph as it was run, each node and edge with its counts. To be read, not changed. */
export function RunGraph({ text, report, last }: RunGraphProps) {
  const { pipeline } = useMemo(() => parsePipeline(text), [text])
  const places = useMemo(() => pipeline && placesOf(pipeline), [pipeline])
  if (!pipeline || !places) return <p className="drawer-empty">{words.broken}</p>
  const rows = new Map(last?.edges.map((edge) => [edgeKey(edge), edge.rows]))
  const [x, y, width, height] = places.frame
  const ids = Object.keys(pipeline.nodes)
  return (
    <div className="picture">
      <svg
        viewBox={`${x} ${y} ${width} ${height}`}
        style={{ maxWidth: width * 1.1, maxHeight: height * 1.1 }}
        role="img"
        aria-label={words.picture(ids.length, pipeline.edges.length)}
      >
        {pipeline.edges.map((edge) => {
          const [from, to] = [places.at[edge.from.node], places.at[edge.to.node]]
          if (!from || !to) return null
          const key = edgeText(edge)
          const count = rows.get(key)
          const isReject = edge.from.port === 'rejects'
          return (
            <g key={key} className={isReject ? 'picture-edge rejects' : 'picture-edge'}>
              <title>{count === undefined ? key : `${key}: ${exact(count)}`}</title>
              <path d={curveOf(from, to)} strokeWidth={widthOf(count)} />
              {count !== undefined && (
                <Chip
                  x={(from[0] + card.width + to[0]) / 2}
                  y={(from[1] + to[1] + card.height) / 2 - 14}
                  text={rounded(count)}
                />
              )}
            </g>
          )
        })}
        {ids.map((id) => {
          const node = pipeline.nodes[id]
          const counts: Counts | undefined = report?.nodes[id] ?? last?.nodes[id]
          return (
            <Card
              key={id}
              at={places.at[id] ?? [0, 0]}
              name={node?.title ?? id}
              type={node?.type ?? ''}
              counts={node?.disabled ? undefined : counts}
              disabled={node?.disabled ?? false}
            />
          )
        })}
      </svg>
    </div>
  )
}

/** As on the canvas: wider by the order of size of what passed. */
const widthOf = (rows: number | undefined): number => (rows ? Math.min(10, 2 + Math.log10(rows)) : 1.5)

function Chip({ x, y, text }: { readonly x: number; readonly y: number; readonly text: string }) {
  const width = text.length * 7 + 14
  return (
    <>
      <rect className="picture-chip" x={x - width / 2} y={y - 10} width={width} height={20} rx={7} />
      <text className="picture-count" x={x} y={y + 4} textAnchor="middle">
        {text}
      </text>
    </>
  )
}

interface CardProps {
  readonly at: readonly [x: number, y: number]
  readonly name: string
  readonly type: string
  readonly counts: Counts | undefined
  readonly disabled: boolean
}

function Card({ at: [x, y], name, type, counts, disabled }: CardProps) {
  const kind = kindOfType(type) ?? nodeType(type)?.kind ?? ''
  const isSink = kind === 'sink'
  const right = counts?.rejected
    ? words.rejectedRows(rounded(counts.rejected))
    : counts?.filtered
      ? words.filteredRows(rounded(counts.filtered))
      : ''
  return (
    <g className={`picture-card ${kind} ${disabled ? 'disabled' : ''}`} transform={`translate(${x} ${y})`}>
      <title>{`${name}, ${type}`}</title>
      <rect className="picture-box" width={card.width} height={card.height} rx={10} />
      <rect className="picture-kind" x={12} y={13} width={10} height={10} rx={3} />
      <text className="picture-name" x={30} y={22}>
        {cut(name, 20)}
      </text>
      {counts && (
        <text className="picture-count" x={12} y={45}>
          {(isSink ? words.storedRows : words.out)(rounded(counts.out))}
        </text>
      )}
      {right && (
        <text
          className={counts?.rejected ? 'picture-count rejected' : 'picture-count'}
          x={card.width - 12}
          y={45}
          textAnchor="end"
        >
          {right}
        </text>
      )}
    </g>
  )
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
