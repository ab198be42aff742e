import type { NodeKind } from '@headrace/runtime/api'
import { useDocument } from '../../model/document.ts'
import { runToHere, useNodePreview, usePreview } from '../../model/preview.ts'
import { exact, rounded } from '../../style/numbers.ts'
import { words } from '../words.ts'

/** The rows of the sample at this node, before any run: `318 of 1,203 rows stay`. */
export function Counted({ id, kind }: { readonly id: string; readonly kind: NodeKind | undefined }) {
  const counts = useNodePreview(id)
  const working = usePreview(({ state }) => state === 'working')
  const complete = usePreview(({ answer }) => answer?.complete ?? false)
  const fine = useDocument(
    ({ checked }) => checked !== null && !checked.problems.some(({ severity }) => severity === 'error'),
  )
  if (!counts) {
    if (kind !== 'model' || !fine) return null
    return (
      <p className="counted" role="status">
        <button type="button" className="button" onClick={() => void runToHere(id)} disabled={working}>
          {words.counted.tryIt}
        </button>
        <span className="soft">{words.counted.tryHelp}</span>
      </p>
    )
  }
  const main =
    kind === 'source'
      ? words.counted.read(rounded(counts.out))
      : kind === 'sink'
        ? words.counted.arrive(rounded(counts.in))
        : kind === 'table'
          ? words.counted.become(rounded(counts.in), rounded(counts.out))
          : words.counted.stay(rounded(counts.out), rounded(counts.in), counts.out > counts.in)
  return (
    <p
      className="counted"
      role="status"
      data-working={working || undefined}
      title={`${exact(counts.in)} → ${exact(counts.out)}`}
    >
      <strong>{main}</strong>
      {counts.filtered > 0 && <span>{words.counted.filtered(rounded(counts.filtered))}</span>}
      {counts.rejected > 0 && (
        <span className="counted-rejected">{words.counted.rejected(rounded(counts.rejected))}</span>
      )}
      <span className="soft">
        {counts.limited ? words.counted.limited : complete ? words.counted.whole : words.counted.sample}
      </span>
    </p>
  )
}
