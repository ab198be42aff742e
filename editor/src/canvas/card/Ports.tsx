import { memo } from 'react'
import type { CardFacts } from '../scene/facts.ts'
import { words } from '../words.ts'
import { type CardShape, handleId, portsOf, spare } from './shape.ts'

/** Where wires begin and end; names beside those that have one. The pointer's part is in `wiring`. */
export const Ports = memo(function Ports({ id, facts, shape }: { id: string; facts: CardFacts; shape: CardShape }) {
  return portsOf(shape).map(({ port, end, side, x, y }) => {
    const rejects = port === 'rejects'
    const label =
      end === 'in'
        ? words.input(facts.name, port === spare ? '' : port, port === spare)
        : rejects
          ? words.rejectsOf(facts.name)
          : words.output(facts.name, port)
    return (
      <span
        key={`${end} ${port}`}
        // The class and the data-handle attributes are where React Flow looks for the ends of its edges.
        className={`port nodrag nopan ${end === 'in' ? 'target' : 'source'}`}
        data-handleid={handleId({ port, end })}
        data-handlepos={side}
        data-node={id}
        data-port={port}
        data-end={end}
        data-side={side}
        data-kept={(rejects && facts.rejectsConnected) || undefined}
        data-rejects={rejects || undefined}
        data-spare={port === spare || undefined}
        title={label}
        style={{ left: x, top: y }}
      >
        {!rejects && port !== spare && (port || (end === 'in' && shape.inputs.length > 1)) && (
          <span className="port-name">{port || words.unnamedInput}</span>
        )}
      </span>
    )
  })
})
