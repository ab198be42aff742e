import { changeNote } from '@headrace/runtime/pipeline'
import { type NodeProps, NodeResizer } from '@xyflow/react'
import { memo } from 'react'
import { edit } from '../../model/document.ts'
import { grid } from '../card/shape.ts'
import { noteNodeId } from '../scene/frames.ts'
import type { NoteNode } from '../scene/scene.ts'
import { stage, useStage } from '../stage.ts'
import { words } from '../words.ts'
import './parts.css'

/** A text on the canvas: drag it, double-click to write, pull a corner to resize. */
export const NoteCard = memo(function NoteCard({ data, selected }: NodeProps<NoteNode>) {
  const { note, text } = data
  const writing = useStage((stage) => stage.renaming === noteNodeId(note))
  const done = (next: string) => {
    stage({ renaming: null })
    if (next !== text) edit(words.writeNote, (pipeline) => changeNote(pipeline, note, { text: next }))
  }
  return (
    <div className="note" data-selected={selected || undefined}>
      {selected && (
        <NodeResizer
          minWidth={96}
          minHeight={48}
          handleClassName="note-corner"
          lineClassName="note-line"
          onResizeEnd={(_, { x, y, width, height }) => {
            edit(words.resizeNote, (pipeline) =>
              changeNote(pipeline, note, { at: [round(x), round(y)], size: [round(width), round(height)] }),
            )
            stage({ moved: {}, sized: {} })
          }}
        />
      )}
      {writing ? (
        <textarea
          className="nodrag nowheel"
          aria-label={words.noteText}
          defaultValue={text}
          ref={(area) => area?.focus()}
          onBlur={({ target }) => done(target.value)}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
      ) : (
        <p>{text || <span className="soft">{words.emptyNote}</span>}</p>
      )}
    </div>
  )
})

const round = (value: number): number => Math.round(value / grid) * grid
