import { labelOf } from '../form/field.ts'
import { words } from '../words.ts'

/** What the node found out by itself: delimiter and encoding of a file, dimension and pooling of a model. */
export function Detected({ detected }: { readonly detected: { readonly [what: string]: string } }) {
  const found = Object.entries(detected)
  if (found.length === 0) return null
  return (
    <dl className="detected" aria-label={words.detected}>
      {found.map(([what, value]) => (
        <div key={what} className="detected-pair">
          <dt>{labelOf(what)}</dt>
          <dd className="data" title={value}>
            {value === '\t' ? words.tab : value === ' ' ? words.blank : value}
          </dd>
        </div>
      ))}
    </dl>
  )
}
