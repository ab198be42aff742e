import { Minus, Plus, Scan, Workflow } from 'lucide-react'
import { tidy } from '../moving/tidying.ts'
import { fit, zoomBy } from '../viewing.ts'
import { words } from '../words.ts'

/** Fit, closer, further, tidy: small, at the canvas's foot. */
export function ZoomButtons() {
  const buttons = [
    { title: words.fit, Icon: Scan, run: fit },
    { title: words.closer, Icon: Plus, run: () => zoomBy(1.25) },
    { title: words.further, Icon: Minus, run: () => zoomBy(0.8) },
    { title: words.tidy, Icon: Workflow, run: tidy },
  ]
  return (
    <div className="zoom-buttons" role="toolbar" aria-label={words.view}>
      {buttons.map(({ title, Icon, run }) => (
        <button key={title} type="button" aria-label={title} title={title} onClick={run}>
          <Icon size={15} aria-hidden />
        </button>
      ))}
    </div>
  )
}
