import type { NodeKind } from '@headrace/runtime/api'
import { Box, CircleHelp, Database, Download, Funnel, Table2 } from 'lucide-react'
import { memo } from 'react'
import './kind.css'

const icons = { source: Database, transform: Funnel, table: Table2, model: Box, sink: Download, unknown: CircleHelp }

/** A kind's shape in its tint: a drum for sources, a funnel for transforms, a grid for whole tables, a box for models, a tray for sinks. */
export const KindIcon = memo(function KindIcon({ kind, size = 14 }: { kind: NodeKind | 'unknown'; size?: number }) {
  const Icon = icons[kind]
  return (
    <span className="kind-icon" data-kind={kind} aria-hidden>
      <Icon size={size} strokeWidth={2} />
    </span>
  )
})
