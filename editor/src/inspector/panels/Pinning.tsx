import type { PipelineNode } from '@headrace/runtime/pipeline'
import { Pin, PinOff } from 'lucide-react'
import { pinColumns, unpinColumns } from '../../model/pinning.ts'
import { words } from '../words.ts'

/** Of a source: whether its columns are pinned, and what pins them. */
export function Pinning({ id, node }: { readonly id: string; readonly node: PipelineNode }) {
  const pinned = node.config.pin !== undefined
  return (
    <section className="pinning">
      <p className="soft">{pinned ? words.pin.pinned : words.pin.help}</p>
      <div className="button-row">
        <button type="button" className="button" onClick={() => void pinColumns(id)}>
          <Pin size={14} aria-hidden /> {pinned ? words.pin.again : words.pin.pin}
        </button>
        {pinned && (
          <button type="button" className="button" onClick={() => unpinColumns(id)}>
            <PinOff size={14} aria-hidden /> {words.pin.unpin}
          </button>
        )}
      </div>
    </section>
  )
}
