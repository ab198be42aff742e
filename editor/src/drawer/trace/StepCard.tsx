import type { TracedCondition, TracedOutput, TracedValue, TraceStep } from '@headrace/runtime/api'
import { select } from '../../model/selection.ts'
import { CellView } from '../table/CellView.tsx'
import { cellText } from '../table/cells.ts'
import { identityText } from '../table/identity.ts'
import { words } from './words.ts'

/** What one node made of a row: its values as they left, with what is new or another, or why none did. */
export function StepCard({ step }: { readonly step: TraceStep }) {
  const { node, type, kind, identity, outcome, outputs, more, conditions, rejected, note } = step
  return (
    <li className="trace-step" data-outcome={outcome}>
      <header className="trace-head">
        <button
          type="button"
          className="trace-node"
          data-kind={kind}
          title={words.show(node)}
          onClick={() => select({ nodes: [node] })}
        >
          {node}
        </button>
        <span className="soft trace-type">{type}</span>
        {words.outcomes[outcome] && <strong className="trace-outcome">{words.outcomes[outcome]}</strong>}
      </header>
      {note && <p className="trace-why">{note}</p>}
      {conditions.map((condition) => (
        <Condition key={condition.setting} condition={condition} />
      ))}
      {rejected && <p className="trace-why trace-failed">{rejected.message}</p>}
      {outputs.map((output, i) => (
        <Output key={`${output.port} ${output.identity}`} output={output} entered={identity} another={i > 0} />
      ))}
      {more > 0 && <p className="soft trace-why">{words.more(more)}</p>}
    </li>
  )
}

function Condition({ condition }: { readonly condition: TracedCondition }) {
  const { expression, value, error, columns } = condition
  return (
    <div className="trace-why">
      <code className="data">{expression}</code> <strong>{error ?? words.value(value)}</strong>
      {columns.map(({ column, value: cell }) => (
        <div key={column} className="soft data">
          {column} = {cell === null ? 'null' : cellText(cell)}
        </div>
      ))}
    </div>
  )
}

/** `another`: a further piece, of which only what is its own is shown. */
function Output(props: { readonly output: TracedOutput; readonly entered: string; readonly another: boolean }) {
  const { output, entered, another } = props
  const { identity, port, to, values, dropped } = output
  const way = words.to(port, to.length > 1 ? to.join(', ') : '')
  const head = [identity === entered ? '' : identityText(identity), way].filter(Boolean).join(' · ')
  return (
    <>
      {head && <p className="soft trace-way">{head}</p>}
      <dl className="trace-values">
        {values
          .filter(({ mark }) => !another || mark !== null)
          .map((value) => (
            <Value key={value.column} value={value} />
          ))}
      </dl>
      {dropped.length > 0 && !another && <p className="soft trace-way">{words.dropped(dropped.join(', '))}</p>}
    </>
  )
}

function Value({ value: { column, type, value, mark, before } }: { readonly value: TracedValue }) {
  return (
    <div className="trace-value" data-mark={mark ?? 'same'}>
      <dt title={type}>
        {mark && <abbr title={words.marks[mark]}>{mark === 'new' ? '+' : '~'}</abbr>}
        {column}
      </dt>
      <dd title={cellText(value)}>
        <CellView cell={value} />
        {mark === 'changed' && (
          <span className="soft trace-was">
            {words.was} {before === null ? 'null' : cellText(before)}
          </span>
        )}
      </dd>
    </div>
  )
}
