import { Filter } from 'lucide-react'
import { useLive } from '../model/live.ts'
import { select } from '../model/selection.ts'
import { words } from './words.ts'

/** Names the node that holds the run up, and who waits for it; a click goes there. */
export function BottleneckChip() {
  const running = useLive(({ run }) => run?.status === 'running')
  const node = useLive(({ picture }) => picture?.bottleneck?.node)
  const sentence = useLive(({ picture }) => picture?.bottleneck?.sentence)
  if (!running || node === undefined || sentence === undefined) return null
  // The sentence begins with the node's name, which stands in front already.
  const rest = sentence.startsWith(`${node} is `) ? sentence.slice(node.length + 4) : sentence
  return (
    <button type="button" className="bar-bottleneck" title={sentence} onClick={() => select({ nodes: [node] })}>
      <Filter size={14} aria-hidden />
      <strong>{words.bottleneck(node)}</strong>
      <span className="soft">{rest}</span>
    </button>
  )
}
