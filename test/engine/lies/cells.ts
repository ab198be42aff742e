import { modelLies } from '../../nodes/models/lie.ts'
import { sinkLies } from '../../nodes/sinks/lie.ts'
import { sourceLies } from '../../nodes/sources/lie.ts'
import { transformLies } from '../../nodes/transforms/lie.ts'
import { tableLies } from '../../nodes/transforms/lineup.ts'
import type { Cell } from './lying.ts'
import { shapes, sinkShapes, sourceShapes } from './shapes.ts'

// Two models would add the same column.
const { 'a model before it': _, ...others } = shapes

const kinds: readonly {
  readonly type: string
  readonly lies: readonly string[]
  readonly shapes: { readonly [name: string]: Cell['shape'] }
  readonly config: (how: string) => object
  /** Whether `npm test` has them in every shape. */
  readonly everywhere: boolean
}[] = [
  { type: 'transforms/lie', lies: transformLies, shapes, config: (how) => ({ how }), everywhere: true },
  { type: 'sources/lie', lies: sourceLies, shapes: sourceShapes, config: (how) => ({ how }), everywhere: true },
  { type: 'models/lie', lies: modelLies, shapes: others, config: (how) => ({ how }), everywhere: false },
  { type: 'transforms/lineup', lies: tableLies, shapes, config: (lie) => ({ lie, part: 10 }), everywhere: false },
  {
    type: 'sinks/lie',
    lies: sinkLies,
    shapes: sinkShapes,
    config: (how) => ({ how, path: 'lie.txt' }),
    everywhere: true,
  },
]

/** Every lie of every kind of node in every shape, by a name. */
export const cells: readonly (Cell & { readonly name: string; readonly often: boolean })[] = kinds.flatMap(
  ({ type, lies, shapes: own, config, everywhere }) =>
    Object.entries(own).flatMap(([shape, make], column) =>
      lies.map((how, row) => ({
        name: `${type} (${how}) in ${shape}`,
        type,
        config: config(how),
        shape: make,
        // What such a node lost when it kept its rows is lost to a resume: only a new run reads it again.
        mendable: how !== 'keep',
        // Every lie in a chain, and one lie in each other shape, another one each time.
        often: column === 0 || (everywhere && row === column % lies.length),
      })),
    ),
)
