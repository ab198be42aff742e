import type { TemplateView } from '@headrace/runtime/api'
import { Box, FileText, Filter, type LucideIcon, Search } from 'lucide-react'

const icons: { readonly [name: string]: LucideIcon } = {
  'emoji-search': Search,
  'clean-csv': Filter,
  'docs-to-vectors': FileText,
}

/** An example that is copied into the folder when it is opened. */
export function TemplateCard({
  template,
  disabled,
  onOpen,
}: {
  readonly template: TemplateView
  readonly disabled: boolean
  readonly onOpen: () => void
}) {
  const Icon = icons[template.name] ?? Box
  return (
    <button type="button" className="start-card" disabled={disabled} onClick={onOpen}>
      <Icon size={18} aria-hidden />
      <strong>{template.title}</strong>
      <span className="soft">{template.description}</span>
    </button>
  )
}
