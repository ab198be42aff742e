import type { Split } from '@headrace/runtime/sdk'
import { endsOf, type NodePlan, reach } from '../../runtime/engine/flowplan.ts'
import { rowAt, rules } from './rows.ts'
import type { Scene } from './scene.ts'
import { inOrder, tableSplitRows } from './tables.ts'

/** What comes of a row, worked out without the engine. */
export interface PlainRow {
  readonly origin: string
  readonly children: string
  readonly branch: string
  readonly v: number | null
  readonly k: number | null
}

export interface PlainBooks {
  in: number
  out: number
  parents: number
  filtered: number
  rejected: number
}

/** What an undisturbed run would leave. */
export interface Expected {
  /** By sink, in the order of the parts. */
  readonly sinks: ReadonlyMap<string, readonly PlainRow[]>
  /** `node identity`, of rows that no edge takes. */
  readonly letters: readonly string[]
  readonly books: ReadonlyMap<string, PlainBooks>
  /** Parts of the run, those that nodes make of all rows included. */
  readonly splits: number
}

export const identityOf = ({ origin, children, branch }: PlainRow): string =>
  `${origin}${children}${branch && `@${branch}`}`

const onBranch = (row: PlainRow, name: string): PlainRow => ({
  ...row,
  branch: row.branch ? `${row.branch}/${name}` : name,
})

/** Works out what a scene gives, part by part, with plain arrays. */
export function expect({ flow, splits }: Scene): Expected {
  const sinks = new Map<string, PlainRow[]>()
  const letters: string[] = []
  const books = new Map<string, PlainBooks>()
  const kept = new Map<string, PlainRow[]>()
  for (const { id, kind } of flow.nodes) {
    books.set(id, { in: 0, out: 0, parents: 0, filtered: 0, rejected: 0 })
    if (kind === 'sink') sinks.set(id, [])
  }
  let count = 0
  const pass = (source: string, read: readonly PlainRow[], broken: readonly PlainRow[]) => {
    count++
    const part = reach(flow, source)
    const ends = new Set(endsOf(part, source).map(({ node }) => node.id))
    const queues = new Map<number, PlainRow[]>()
    for (const node of part.nodes) {
      const own = books.get(node.id) as PlainBooks
      const edges = part.edges.filter(({ from }) => from === node.id)
      const leave = (port: string, rows: readonly PlainRow[]) => {
        const ways = edges.filter((edge) => edge.port === port)
        for (const { index, to } of ways)
          queues.set(index, ways.length > 1 ? rows.map((row) => onBranch(row, to)) : [...rows])
        return ways.length > 0
      }
      const entering = part.edges.filter(({ to }) => to === node.id).flatMap(({ index }) => queues.get(index) ?? [])
      const step = node.id === source ? { ports: { '': read }, rejected: broken } : stepOf(node, entering)
      const came = node.id === source ? [...read, ...broken] : entering
      if (node.id !== source || node.kind === 'source') own.in += came.length
      own.rejected += step.rejected.length
      if (!leave('rejects', step.rejected))
        for (const row of step.rejected) letters.push(`${node.id} ${identityOf(row)}`)
      if (ends.has(node.id)) {
        const rows = step.ports[''] as readonly PlainRow[]
        own.parents += rows.length
        const at = node.kind === 'sink' ? sinks : kept
        if (node.kind === 'sink') own.out += rows.length
        at.set(node.id, [...(at.get(node.id) ?? []), ...rows])
        continue
      }
      const parents = new Set<string>()
      for (const [port, rows] of Object.entries(step.ports)) {
        if (!leave(port, rows)) continue
        own.out += rows.length
        for (const row of rows) parents.add(step.parentOf?.(row) ?? identityOf(row))
      }
      if (node.kind === 'table') continue
      own.parents += parents.size
      own.filtered += came.length - step.rejected.length - parents.size
    }
  }
  for (const { source, split } of splits) {
    const [read, broken] = rowsOf(source, split)
    pass(source, read, broken)
  }
  for (const { id, type, kind } of flow.nodes) {
    if (kind !== 'table') continue
    const all = kept.get(id) ?? []
    const made = inOrder(all, type === 'unique').map(
      ({ v, k }, i): PlainRow => ({ origin: `${id}::${i + 1}`, children: '', branch: '', v, k }),
    )
    const own = books.get(id) as PlainBooks
    own.filtered += all.length - made.length
    own.parents -= all.length - made.length
    for (let start = 0; start < made.length; start += tableSplitRows)
      pass(id, made.slice(start, start + tableSplitRows), [])
  }
  return { sinks, letters, books, splits: count }
}

function rowsOf(source: string, split: Split): [PlainRow[], PlainRow[]] {
  const read: PlainRow[] = []
  const broken: PlainRow[] = []
  for (const { path, start, end } of split.parts)
    for (let number = start; number < end; number++) {
      const row = rowAt(path, number)
      const plain = { origin: `${source}:${path}:${number}`, children: '', branch: '' }
      if (row.broken) broken.push({ ...plain, v: null, k: null })
      else read.push({ ...plain, v: row.v, k: row.k })
    }
  return [read, broken]
}

interface Step {
  readonly ports: { readonly [port: string]: readonly PlainRow[] }
  readonly rejected: readonly PlainRow[]
  /** Which row that entered one comes from, where it has a new identity. */
  readonly parentOf?: (row: PlainRow) => string
}

function stepOf({ type }: NodePlan, rows: readonly PlainRow[]): Step {
  const only = (passed: readonly PlainRow[], rejected: readonly PlainRow[] = []): Step => ({
    ports: { '': passed },
    rejected,
  })
  switch (type) {
    case 'filter':
      return only(rows.filter(({ v }) => rules.isKept(v)))
    case 'pick':
      return only(
        rows.filter(({ v }) => rules.isGood(v)),
        rows.filter(({ v }) => !rules.isGood(v)),
      )
    case 'fan':
      return {
        ...only(
          rows.flatMap((row) => rules.pieces(row.v).map((v, i) => ({ ...row, v, children: `${row.children}.${i}` }))),
        ),
        parentOf: (row) => identityOf({ ...row, children: row.children.slice(0, row.children.lastIndexOf('.')) }),
      }
    case 'route': {
      const { even, three } = rules.ports
      const to = (name: string, takes: (v: number | null) => boolean) =>
        rows.filter(({ v }) => takes(v)).map((row) => onBranch(row, name))
      return {
        ports: { even: to('even', even), three: to('three', three) },
        rejected: [],
        parentOf: (row) =>
          identityOf({ ...row, branch: row.branch.slice(0, Math.max(0, row.branch.lastIndexOf('/'))) }),
      }
    }
    case 'model':
      return only(
        rows.filter(({ v }) => !rules.isPoison(v)).map((row) => ({ ...row, v: rules.infer(row.v) })),
        rows.filter(({ v }) => rules.isPoison(v)),
      )
    case 'picky':
    case 'choosy':
      return only(
        rows.filter(({ v }) => !rules.isRefused(v)),
        rows.filter(({ v }) => rules.isRefused(v)),
      )
    case 'keyed':
      return only(
        rows.filter(({ k }) => k !== null),
        rows.filter(({ k }) => k === null),
      )
    default:
      return only(rows)
  }
}
