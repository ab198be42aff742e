import { type Field, list, types } from '../../../runtime/pipeline/types.ts'
import type { Chance } from '../../simulation/chance.ts'

export type Node = [type: string, config?: object]

export interface Drawn {
  readonly nodes: Record<string, Node>
  readonly edges: [from: string, to: string][]
}

/** The columns of the sources: `i` is 0 now and then, so that divisions fail; `t` is a number most of the time. */
export const columns: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'i', type: types.int64 },
  { name: 'f', type: types.float64 },
  { name: 's', type: types.string },
  { name: 't', type: types.string },
  { name: 'l', type: list(types.int64) },
  { name: 'b', type: types.bool },
  { name: 'u', type: types.string },
]

export function rowsOf(first: number, count: number, chance: Chance): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, at) => ({
    id: BigInt(first + at),
    i: chance.hits(0.02) ? 0n : chance.pick([1n, 2n, 3n, null]),
    f: chance.pick([0.5, 1.5, null, -2]),
    s: chance.pick(['de', 'fr', ' Zoë ', '', null]),
    t: chance.hits(0.02) ? 'none' : `${first + at}`,
    l: chance.pick([[], [1n], [1n, 2n, 3n], null]),
    b: chance.pick([true, false, null]),
    u: `unused ${first + at}`,
  }))
}

const conditions = ['i > 1', 's == "de"', 'b', 'f < 1.0', 'div(6, i) > 2', '10 % i == 1', 't != "5"', 'id > 100']
const expressions = ['i + 1', 'f * 2.0', 's + "!"', 'div(10, i)', 'b || i == 1', '"constant"', 'u + t']

/**
 * A pipeline by chance: ways from the sources through nodes of all kinds, that part and meet, to sinks. Whether its
 * columns and types are right is not looked at: the check says it.
 */
export function drawn(chance: Chance, sources: readonly Node[]): Drawn {
  const nodes: Drawn['nodes'] = {}
  const edges: Drawn['edges'] = []
  const add = (node: Node, ...from: string[]): string => {
    const id = `n${Object.keys(nodes).length}`
    nodes[id] = node
    for (const one of from) edges.push([one, id])
    return id
  }
  const sink = (from: string) =>
    add(['sinks/ndjson', { path: `out/${from.replace('.', '-')}.ndjson`, ifExists: 'replace' }], from)
  const all = columns.map(({ name }) => name)
  const some = (share: number) => all.filter(() => chance.hits(share))
  let open = sources.map((node) => add(node))
  if (open.length > 1 && chance.hits(0.7)) open = [add(['transforms/sample', { fraction: 0.9 }], ...open)]
  const middle = (): Node => {
    const [filter, derive, select] = [chance.pick(conditions), chance.pick(expressions), some(0.8)]
    const name = chance.pick(['d', 'e', 's', 'id'])
    const cast = select.map((column) => (column === 't' && chance.hits(0.4) ? { column, type: 'int64' } : column))
    return chance.pick<Node>([
      ['transforms/filter', { where: filter }],
      ['transforms/filter', { where: `${filter} || ${chance.pick(conditions)}` }],
      ['transforms/derive', { columns: { [name]: derive } }],
      ['transforms/derive', { columns: { d: derive, e: chance.pick(expressions) } }],
      ['transforms/select', { columns: cast }],
      ['transforms/select', { columns: some(0.2), rest: 'keep' }],
      ['transforms/select', { columns: [{ column: 'f', as: 'g' }], rest: 'keep', drop: some(0.1) }],
      ['transforms/explode', { column: 'l', keepEmpty: chance.hits(0.5) }],
      ['transforms/clean', chance.hits(0.5) ? {} : { columns: ['s'] }],
      ['transforms/chunk', { column: 'u', size: 6 }],
      ['transforms/route', { routes: [{ port: 'de', where: filter }], match: chance.pick(['first', 'all']) }],
      ['transforms/sort', { by: ['id'] }],
    ])
  }
  for (let step = chance.between(1, 5); step > 0; step--) {
    const at = chance.below(open.length)
    const from = open[at] as string
    const node = middle()
    const id = add(node, from)
    if (chance.hits(0.2)) sink(`${id}.rejects`)
    open[at] = node[0] === 'transforms/route' ? `${id}.de` : id
    if (node[0] === 'transforms/route') open.push(`${id}.otherwise`)
    else if (chance.hits(0.25)) open.push(id)
  }
  for (const from of open) {
    const few = some(0.3)
    sink(few.length && chance.hits(0.8) ? add(['transforms/select', { columns: few }], from) : from)
  }
  return { nodes, edges }
}
