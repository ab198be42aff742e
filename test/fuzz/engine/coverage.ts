import { type Profiler, Session } from 'node:inspector'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..', '..', '..')
const ours = ['runtime/', 'nodes/', 'test/fuzz/targets/planted'].map((path) => String(pathToFileURL(join(root, path))))

/**
 * Which blocks of `runtime/` and `nodes/` ran, and how often, by V8's precise coverage. To be started before the code
 * that is watched is loaded: what is compiled already is counted by function only.
 */
export class Coverage {
  readonly #session = new Session()
  /** By script and function: the magnitudes of counts that were seen of each of its blocks, a bit each. */
  readonly #functions = new Map<string, Map<number, Block>>()
  #blocks = 0

  constructor() {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Blocks that ran at least once so far. */
  get blocks(): number {
    return this.#blocks
  }

  /** How much is new since the last call: blocks, or counts of another magnitude. */
  take(): number {
    let fresh = 0
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error
      for (const { url, functions } of answer.result) {
        if (!ours.some((start) => url.startsWith(start))) continue
        for (const { ranges } of functions) fresh += this.#add(url, ranges)
      }
    })
    return fresh
  }

  #add(url: string, ranges: readonly Profiler.CoverageRange[]): number {
    const [whole] = ranges
    if (!whole || whole.count === 0) return 0
    const name = `${url}:${whole.startOffset}:${whole.endOffset}`
    let known = this.#functions.get(name)
    if (!known) this.#functions.set(name, (known = new Map()))
    for (const { startOffset: start, endOffset: end } of ranges) {
      const key = start * 2 ** 26 + end
      if (!known.has(key)) known.set(key, { start, end, seen: 0 })
    }
    let fresh = 0
    for (const block of known.values()) {
      const count = countOf(block, ranges)
      const magnitude = count === 0 ? 0 : 1 << Math.min(30, Math.floor(Math.log2(count)))
      if ((block.seen | magnitude) === block.seen) continue
      if (block.seen === 0) this.#blocks++
      block.seen |= magnitude
      fresh++
    }
    return fresh
  }

  close(): void {
    this.#session.disconnect()
  }
}

interface Block {
  readonly start: number
  readonly end: number
  seen: number
}

/** V8 leaves out a block that ran as often as the one around it: the innermost that is told counts. */
function countOf({ start, end }: Block, ranges: readonly Profiler.CoverageRange[]): number {
  let count = 0
  let least = Number.POSITIVE_INFINITY
  for (const range of ranges) {
    const size = range.endOffset - range.startOffset
    if (range.startOffset > start || range.endOffset < end || size >= least) continue
    least = size
    count = range.count
  }
  return count
}
