import type { Workplace } from '../workplace.ts'

/** A node as `Workplace.pipeline` takes it. */
export type NodeSpec = readonly [type: string, config: object]

/** A liar takes rows with `n` and gives them on. It is called `liar`. */
export interface Shape {
  readonly nodes: Record<string, [type: string, config?: object]>
  readonly edges: readonly (readonly [from: string, to: string])[]
  readonly workers?: number
  /** Where all rows are when the liar is honest; each number once, or this often. */
  readonly stored: { readonly [file: string]: number }
}

const out = (path = 'out.ndjson'): [string, object] => ['sinks/ndjson', { path, ifExists: 'replace' }]
const source: [string, object] = ['sources/lie', {}]
const of = ([type, config]: NodeSpec): [string, object] => [type, config]

/** The shapes of pipelines in which a node in the middle lies, by name. */
export const shapes: { readonly [name: string]: (liar: NodeSpec) => Shape } = {
  'a chain': (liar) => ({
    nodes: { in: source, liar: of(liar), out: out() },
    edges: [
      ['in', 'liar'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
  'several workers': (liar) => ({ ...(shapes['a chain'] as (liar: NodeSpec) => Shape)(liar), workers: 2 }),
  'a fan-out before it': (liar) => ({
    nodes: { in: source, liar: of(liar), out: out(), beside: out('beside.ndjson') },
    edges: [
      ['in', 'liar'],
      ['in', 'beside'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 1, 'beside.ndjson': 1 },
  }),
  'a fan-out behind it': (liar) => ({
    nodes: { in: source, liar: of(liar), out: out(), beside: out('beside.ndjson') },
    edges: [
      ['in', 'liar'],
      ['liar', 'out'],
      ['liar', 'beside'],
    ],
    stored: { 'out.ndjson': 1, 'beside.ndjson': 1 },
  }),
  'a union before it': (liar) => ({
    nodes: { in: source, also: source, liar: of(liar), out: out() },
    edges: [
      ['in', 'liar'],
      ['also', 'liar'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 2 },
  }),
  'a union behind it': (liar) => ({
    nodes: { in: source, liar: of(liar), out: out() },
    edges: [
      ['in', 'liar'],
      ['liar', 'out'],
      ['in', 'out'],
    ],
    stored: { 'out.ndjson': 2 },
  }),
  'a rejects edge before it': (liar) => ({
    nodes: {
      in: source,
      share: ['transforms/derive', { columns: { share: 'div(n, 0)' } }],
      liar: of(liar),
      out: out(),
      none: ['sinks/none', {}],
    },
    edges: [
      ['in', 'share'],
      ['share', 'none'],
      ['share.rejects', 'liar'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
  'a model before it': (liar) => ({
    nodes: { in: source, twice: ['models/picky', {}], liar: of(liar), out: out() },
    edges: [
      ['in', 'twice'],
      ['twice', 'liar'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
  'all rows sorted behind it': (liar) => ({
    nodes: { in: source, liar: of(liar), sorted: ['transforms/lineup', { part: 10 }], out: out() },
    edges: [
      ['in', 'liar'],
      ['liar', 'sorted'],
      ['sorted', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
  'all rows sorted before it': (liar) => ({
    nodes: { in: source, sorted: ['transforms/lineup', { part: 10 }], liar: of(liar), out: out() },
    edges: [
      ['in', 'sorted'],
      ['sorted', 'liar'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
  'rows sorted by DuckDB before it': (liar) => ({
    nodes: {
      in: source,
      sorted: ['transforms/sort', { by: [{ column: 'n', order: 'desc' }] }],
      liar: of(liar),
      out: out(),
    },
    edges: [
      ['in', 'sorted'],
      ['sorted', 'liar'],
      ['liar', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
}

/** Where a source lies. */
export const sourceShapes: { readonly [name: string]: (liar: NodeSpec) => Shape } = {
  'a chain': (liar) => ({
    nodes: { liar: of(liar), out: out() },
    edges: [['liar', 'out']],
    stored: { 'out.ndjson': 1 },
  }),
  'a fan-out': (liar) => ({
    nodes: { liar: of(liar), out: out(), beside: out('beside.ndjson') },
    edges: [
      ['liar', 'out'],
      ['liar', 'beside'],
    ],
    stored: { 'out.ndjson': 1, 'beside.ndjson': 1 },
  }),
  'a union': (liar) => ({
    nodes: { liar: of(liar), in: source, out: out() },
    edges: [
      ['liar', 'out'],
      ['in', 'out'],
    ],
    stored: { 'out.ndjson': 2 },
  }),
  'all rows sorted': (liar) => ({
    nodes: { liar: of(liar), sorted: ['transforms/sort', { by: ['n'] }], out: out() },
    edges: [
      ['liar', 'sorted'],
      ['sorted', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
}

/** Where a sink lies. */
export const sinkShapes: { readonly [name: string]: (liar: NodeSpec) => Shape } = {
  'a chain': (liar) => ({ nodes: { in: source, liar: of(liar) }, edges: [['in', 'liar']], stored: {} }),
  'beside another': (liar) => ({
    nodes: { in: source, liar: of(liar), out: out() },
    edges: [
      ['in', 'liar'],
      ['in', 'out'],
    ],
    stored: { 'out.ndjson': 1 },
  }),
  'all rows sorted': (liar) => ({
    nodes: { in: source, sorted: ['transforms/sort', { by: ['n'] }], liar: of(liar) },
    edges: [
      ['in', 'sorted'],
      ['sorted', 'liar'],
    ],
    stored: {},
  }),
}

/** The pipeline's file in a test's folder. */
export const draw = (place: Workplace, { nodes, edges, workers = 1 }: Shape): string =>
  place.pipeline(nodes, edges, { workers, errorLimit: 1000, deadLetters: 1000 })
