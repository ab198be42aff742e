import { collapseGroup, renameGroup } from '@headrace/runtime/pipeline'
import type { NodeProps } from '@xyflow/react'
import { ChevronDown, ChevronRight, Group } from 'lucide-react'
import { memo } from 'react'
import { edit } from '../../model/document.ts'
import { useLive } from '../../model/live.ts'
import { handleId, plainShape, portsOf } from '../card/shape.ts'
import { useLevel } from '../flow/level.ts'
import { groupNodeId } from '../scene/frames.ts'
import type { GroupNode } from '../scene/scene.ts'
import { stage, useStage } from '../stage.ts'
import { words } from '../words.ts'
import './parts.css'

/** A group: a labelled frame behind its cards; folded, one card in their place. */
export const GroupFrame = memo(function GroupFrame({ data, selected }: NodeProps<GroupNode>) {
  const { group, name, members, collapsed } = data
  const level = useLevel(groupNodeId(group))
  const running = useLive(({ run }) => run !== null)
  const renaming = useStage((stage) => stage.renaming === groupNodeId(group))
  const fold = (
    <button
      type="button"
      tabIndex={-1}
      className="icon-button frame-fold nodrag"
      aria-expanded={!collapsed}
      aria-label={collapsed ? words.unfoldGroup(name) : words.foldGroup(name)}
      title={collapsed ? words.unfoldGroup(name) : words.foldGroup(name)}
      onClick={() => setCollapsed(group, name, !collapsed)}
    >
      {collapsed ? <ChevronRight size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
    </button>
  )
  const label = renaming ? <NameField group={group} name={name} /> : <strong>{name || words.group}</strong>
  if (!collapsed) {
    return (
      <div className="frame" data-selected={selected || undefined} data-far={level === 'far' || undefined}>
        <div className="frame-head">
          {fold}
          {label}
        </div>
      </div>
    )
  }
  return (
    <div
      className="card folded"
      data-selected={selected || undefined}
      data-far={level === 'far' || undefined}
      title={members.join(', ')}
    >
      <div className="card-head">
        <Group size={16} aria-hidden />
        {label}
        {fold}
      </div>
      <div className="card-summary">{words.nodes(members.length)}</div>
      <div className="folded-members soft">{members.join(' · ')}</div>
      {foldedPorts(running).map(({ port, end, side, x, y }) => (
        <span
          key={`${end} ${port}`}
          className={`port folded-port ${end === 'in' ? 'target' : 'source'}`}
          data-handleid={handleId({ port, end })}
          data-handlepos={side}
          data-rejects={port === 'rejects' || undefined}
          style={{ left: x, top: y }}
        />
      ))}
    </div>
  )
})

// Its wires end at the members' ports in truth: these only show where.
const foldedPorts = (running: boolean) => portsOf({ ...plainShape, running })

/** Folds a group into one card, or out again. */
export function setCollapsed(group: string, name: string, collapsed: boolean): void {
  edit(collapsed ? words.foldGroup(name) : words.unfoldGroup(name), (pipeline) =>
    collapseGroup(pipeline, group, collapsed),
  )
}

function NameField({ group, name }: { readonly group: string; readonly name: string }) {
  const done = (value: string) => {
    stage({ renaming: null })
    if (value.trim() !== name)
      edit(words.renameGroup(value.trim()), (pipeline) => renameGroup(pipeline, group, value.trim()))
  }
  return (
    <input
      className="card-title nodrag"
      aria-label={words.groupName}
      defaultValue={name}
      ref={(input) => input?.select()}
      onBlur={({ target }) => done(target.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Escape') event.currentTarget.value = name
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
