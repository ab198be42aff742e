import type { TracedFate, TracedRow } from '@headrace/runtime/api'
import { CircleCheck, CircleDashed, CircleHelp, CircleSlash, CircleX, Repeat2 } from 'lucide-react'
import { identityText } from '../table/identity.ts'
import { StepCard } from './StepCard.tsx'
import { words } from './words.ts'

/** One row: where it stands in its file, where it ended, and what each node made of it, left to right. */
export function TracedWay({ row }: { readonly row: TracedRow }) {
  const place = words.place(row.file || row.node, row.row, row.line)
  return (
    <section className="trace-row" aria-label={words.steps(place)}>
      <h3 className="trace-place">
        {place} {row.raw !== null && <span className="data soft">{row.raw}</span>}
      </h3>
      <ul className="trace-fates">
        {row.fates.map((fate) => (
          <Fate key={`${fate.node} ${fate.identity}`} fate={fate} several={row.fates.length > 1} />
        ))}
      </ul>
      <ol className="trace-steps" aria-label={words.steps(place)}>
        {row.steps.map((step) => (
          <StepCard key={`${step.node} ${step.identity}`} step={step} />
        ))}
      </ol>
    </section>
  )
}

const icons = {
  stored: CircleCheck,
  waiting: CircleDashed,
  replaced: Repeat2,
  filtered: CircleSlash,
  rejected: CircleX,
  unknown: CircleHelp,
} as const

function Fate({ fate, several }: { readonly fate: TracedFate; readonly several: boolean }) {
  const Icon = icons[fate.fate]
  return (
    <li className="trace-fate" data-fate={fate.fate}>
      <Icon size={15} aria-hidden />
      <strong>{words.fates[fate.fate]}</strong>
      <span>
        {several && <span className="soft">{identityText(fate.identity)}: </span>}
        {fate.sentence}
      </span>
    </li>
  )
}
