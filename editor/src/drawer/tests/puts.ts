import type { Pipeline } from '@headrace/runtime/pipeline'
import { nodeType } from '../../model/library.ts'
import { feeders } from '../../model/reach.ts'

/** The nodes of a test that is made of the rows of an edge. */
export interface TestNodes {
  /** Whose rows are expected. */
  readonly expect: string
  /** Where rows may be put in, the nearest first. */
  readonly puts: readonly string[]
}

/**
 * Whose rows an edge shows, and where rows can be put in for them: at the node itself, or at any before it. Rows that
 * leave a source are expected where they enter: that a source gives what is put in tells nothing.
 */
export function testNodes(pipeline: Pipeline, key: string): TestNodes | null {
  const [[from = '', port = ''] = [], [to = ''] = []] = key.split(' → ').map((end) => end.split('.'))
  if (!(from in pipeline.nodes)) return null
  const kind = (id: string) => nodeType(pipeline.nodes[id]?.type ?? '')?.kind
  // What a source rejects is raw text: no rows to put in.
  if (kind(from) === 'source' && port === 'rejects') return null
  const expect = kind(from) === 'source' && to in pipeline.nodes ? to : from
  const puts = [...feeders(pipeline, expect)].filter((id) => kind(id) !== 'sink' && !pipeline.nodes[id]?.disabled)
  return puts.length ? { expect, puts } : null
}
