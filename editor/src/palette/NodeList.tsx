import type { NodeTypeView } from '@headrace/runtime/api'
import { Command } from 'cmdk'
import { type DragEvent, memo, type ReactNode, type Ref, useCallback, useState } from 'react'
import { KindIcon } from '../canvas/parts/KindIcon.tsx'
import { findTypes, kinds } from './kinds.ts'
import { NodeHelp } from './NodeHelp.tsx'
import { words } from './words.ts'
import './list.css'

/** What the browser calls a node type that is being dragged. */
export const dragType = 'application/x-headrace-node'

interface Props {
  readonly types: readonly NodeTypeView[]
  readonly label: string
  readonly onPick: (type: string) => void
  readonly input?: Ref<HTMLInputElement>
  readonly autoFocus?: boolean
  /** Beside the search field. */
  readonly beside?: ReactNode
  readonly onEscape?: () => void
  readonly draggable?: boolean
}

/** The search for a node type and what it finds, by category, with help on hover and focus. */
export function NodeList({ types, label, onPick, input, autoFocus, beside, onEscape, draggable = false }: Props) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState('')
  const [help, setHelp] = useState<{ readonly type: NodeTypeView; readonly at: DOMRect } | null>(null)
  const found = findTypes(types, query)
  const helpOnChosen = (list: HTMLElement) =>
    requestAnimationFrame(() => {
      const item = list.querySelector('[cmdk-item][data-selected="true"]')
      const type = types.find((one) => one.type === item?.getAttribute('data-value'))
      setHelp(item && type ? { type, at: item.getBoundingClientRect() } : null)
    })
  // What was looked for is found: the next search begins anew.
  const pick = useCallback(
    (type: string) => {
      setQuery('')
      setChosen('')
      onPick(type)
    },
    [onPick],
  )
  // With a query the best match comes first, whatever its category.
  const best = query && found[0] ? found[0].type : chosen
  const groups = kinds.map(({ kind, title }) => ({ title, all: found.filter((type) => type.kind === kind) }))
  if (query) groups.sort((a, b) => found.indexOf(a.all[0] as NodeTypeView) - found.indexOf(b.all[0] as NodeTypeView))
  return (
    <Command
      className="node-list"
      label={label}
      shouldFilter={false}
      loop
      value={chosen || best}
      onValueChange={setChosen}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') helpOnChosen(event.currentTarget)
        if (event.key !== 'Escape') return
        event.preventDefault()
        setHelp(null)
        if (query) setQuery('')
        else onEscape?.()
      }}
    >
      <div className="node-list-top">
        <Command.Input
          ref={input}
          className="node-list-search"
          placeholder={words.search}
          value={query}
          autoFocus={autoFocus}
          onValueChange={(value) => {
            setQuery(value)
            setChosen(findTypes(types, value)[0]?.type ?? '')
          }}
          onBlur={() => setHelp(null)}
        />
        {beside}
      </div>
      <Command.List className="node-list-found">
        {groups.map(
          ({ title, all }) =>
            all.length > 0 && (
              <Command.Group key={title} heading={title}>
                {all.map((type) => (
                  <Item key={type.type} type={type} onPick={pick} draggable={draggable} onHelp={setHelp} />
                ))}
              </Command.Group>
            ),
        )}
        {found.length === 0 && (
          <div className="node-list-none">
            {types.length === 0 ? words.noneFits : words.none(query)}
            {types.length > 0 && <span className="soft">{words.noneHelp}</span>}
          </div>
        )}
      </Command.List>
      {help && <NodeHelp type={help.type} at={help.at} draggable={draggable} />}
    </Command>
  )
}

interface ItemProps {
  readonly type: NodeTypeView
  readonly draggable: boolean
  readonly onPick: (type: string) => void
  readonly onHelp: (help: { readonly type: NodeTypeView; readonly at: DOMRect } | null) => void
}

const Item = memo(function Item({ type, draggable, onPick, onHelp }: ItemProps) {
  const drag = (event: DragEvent) => {
    event.dataTransfer.setData(dragType, type.type)
    event.dataTransfer.effectAllowed = 'copy'
    onHelp(null)
  }
  const show = (event: { currentTarget: HTMLElement }) =>
    onHelp({ type, at: event.currentTarget.getBoundingClientRect() })
  return (
    <Command.Item
      className="node-list-item"
      value={type.type}
      aria-description={type.description}
      draggable={draggable}
      onDragStart={drag}
      onSelect={() => {
        onHelp(null)
        onPick(type.type)
      }}
      onMouseEnter={show}
      onMouseLeave={() => onHelp(null)}
    >
      <KindIcon kind={type.kind} size={12} />
      <span>{type.title}</span>
    </Command.Item>
  )
})
