import type { Pipeline, PipelineNote, Spot } from '../model.ts'
import { freeKey } from './ids.ts'
import { wholeSpot } from './spots.ts'

/** An id that no note has yet. */
export const freeNoteId = (pipeline: Pipeline): string => freeKey(pipeline.notes ?? {}, 'note', 'note')

export const addNote = (pipeline: Pipeline, id: string, { text, at, size }: PipelineNote): Pipeline => ({
  ...pipeline,
  notes: { ...pipeline.notes, [id]: { text, at: wholeSpot(at), ...(size && { size: wholeSpot(size) }) } },
})

/** Changes a note's text, place or size. */
export function changeNote(pipeline: Pipeline, id: string, change: Partial<PipelineNote>): Pipeline {
  const note = pipeline.notes?.[id]
  return note ? addNote(pipeline, id, { ...note, ...change }) : pipeline
}

export const moveNote = (pipeline: Pipeline, id: string, at: Spot): Pipeline => changeNote(pipeline, id, { at })

export function removeNotes(pipeline: Pipeline, ids: readonly string[]): Pipeline {
  const { notes = {}, ...rest } = pipeline
  const left = Object.entries(notes).filter(([id]) => !ids.includes(id))
  return left.length ? { ...rest, notes: Object.fromEntries(left) } : rest
}
