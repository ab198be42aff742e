import type { Library } from '@headrace/runtime/api'
import { TriangleAlert } from 'lucide-react'
import { words } from './words.ts'
import './broken.css'

/** The nodes beside the pipeline that cannot be used, each with the line of its file that is wrong. */
export function BrokenNodes({ broken }: { readonly broken: Library['broken'] }) {
  return (
    <section className="palette-broken" aria-label={words.broken}>
      {broken.map(({ type, message, hint }) => (
        <div key={type} className="palette-broken-one">
          <TriangleAlert size={13} aria-hidden />
          <div>
            <strong className="data">{type || words.libraries}</strong>
            <p>{message}</p>
            {hint && <p className="soft">{hint}</p>}
          </div>
        </div>
      ))}
    </section>
  )
}
