import type { Json, RawRow, SourceNode, SourceProbe, Split, SplitPart } from '../sdk/node.ts'
import { type PinSettings, pinOf } from './pin.ts'
import { probePinned } from './probe.ts'
import { readAs } from './read.ts'
import { dataOf } from './runs.ts'

type Any = SourceNode<never>

const made = new WeakMap<SourceNode, SourceNode>()

/**
 * The source as it works with the settings `pin` and `onDrift`: its files' headers are compared with the pinned columns,
 * and these leave it, in their order. Without a pin it is the source itself.
 */
export function pinnedSource(definition: SourceNode): SourceNode {
  const before = made.get(definition)
  if (before) return before
  const pinned = wrap(definition)
  made.set(definition, pinned)
  return pinned
}

function wrap(source: SourceNode): SourceNode {
  const own = source as unknown as Any // settings go through as they were checked
  const { whole, rejoin } = own
  const node: Any = {
    ...own,
    async probe(context) {
      const { pin, own: config } = pinOf<never>(context.config as PinSettings as never)
      return pin ? await probePinned(own, pin, { ...context, config }) : await own.probe(context)
    },
    async splits(context) {
      return await eachRun(context, (run, about) => own.splits({ ...context, ...about }).then(tagged(run)))
    },
    read(context) {
      const { pin, own: config } = pinOf<never>(context.config as PinSettings as never)
      return pin ? readAs(own, pin, { ...context, config }) : own.read(context)
    },
    ...(whole && {
      async whole(context) {
        const all = await eachRun(context, async (run, about) => tagged(run)([await whole({ ...context, ...about })]))
        return { parts: all.flatMap(({ parts }) => parts), bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) }
      },
    }),
    ...(rejoin && {
      async rejoin(context) {
        const { pin, own: config } = pinOf<never>(context.config as PinSettings as never)
        if (!pin) return await rejoin(context)
        const { runs } = dataOf(context.probe)
        const ofRow = ({ path }: RawRow) =>
          Math.max(
            0,
            runs.findIndex(({ files }) => files.some((one) => one.path === path)),
          )
        return await Promise.all(
          context.rows.map(async (row) => {
            const run = ofRow(row)
            const [one] = await rejoin({ ...context, config, probe: runs[run] as SourceProbe, rows: [row] })
            if (!one) throw new TypeError('a row was not rejoined')
            return 'part' in one ? { part: tag(run, one.part) } : { ...one, data: { run, data: one.data } }
          }),
        )
      },
    }),
  }
  return node as unknown as SourceNode
}

interface About {
  readonly config: never
  readonly probe: SourceProbe
}

async function eachRun(
  context: About,
  cut: (run: number, about: About) => Promise<readonly Split[]>,
): Promise<Split[]> {
  const { pin, own: config } = pinOf<never>(context.config as PinSettings as never)
  if (!pin) return [...(await cut(-1, context))]
  const splits: Split[] = []
  for (const [run, probe] of dataOf(context.probe).runs.entries())
    for (const split of await cut(run, { config, probe })) splits.push(split)
  return splits
}

/** Notes in every part of a split which run of files it is of; a source without a pin has no runs. */
const tagged =
  (run: number) =>
  (splits: readonly Split[]): readonly Split[] =>
    run < 0 ? splits : splits.map((split) => ({ ...split, parts: split.parts.map((part) => tag(run, part)) }))

const tag = (run: number, part: SplitPart): SplitPart => ({
  ...part,
  data: { run, data: part.data ?? null } satisfies Json,
})
