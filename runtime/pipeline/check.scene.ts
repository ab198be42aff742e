import { expect } from 'vitest'
import { model, type NodeDefinition, sink, source, Type, transform } from '../sdk/index.ts'
import { checkPipeline } from './check.ts'
import { parsePipeline } from './document.ts'
import { HeadraceError, type Problem } from './problem.ts'
import { type Field, types } from './types.ts'

const about = { title: 'T', description: 'D', examples: [] }
const never = async function* () {}

/** A node of each kind, small enough to see through. */
export const definitions: Record<string, NodeDefinition> = {
  'sources/table': source({
    ...about,
    config: Type.Object({ path: Type.Optional(Type.String()) }),
    probe: async () => ({ columns: [], files: [] }),
    splits: async () => [],
    read: never,
  }) as NodeDefinition,
  'transforms/filter': transform({
    ...about,
    config: Type.Object({ where: Type.String({ format: 'expression' }) }),
    columns: ({ input, config, expression }) => {
      expression(config.where, input, 'bool')
      return input.fields
    },
    run: never,
  }) as NodeDefinition,
  'transforms/derive': transform({
    ...about,
    config: Type.Object({ columns: Type.Record(Type.String(), Type.String({ format: 'expression' })) }),
    columns: ({ input, config, expression }) => [
      ...input.fields,
      ...Object.entries(config.columns).flatMap(([name, text]): Field[] => {
        const type = expression(text, input)
        return type ? [{ name, type }] : []
      }),
    ],
    run: never,
  }) as NodeDefinition,
  'transforms/route': transform({
    ...about,
    config: Type.Object({ ports: Type.Array(Type.String()) }),
    ports: ({ ports }) => ports,
    columns: ({ input }) => input.fields,
    run: never,
  }) as NodeDefinition,
  'transforms/faulty': transform({
    ...about,
    config: Type.Object({ kindly: Type.Optional(Type.Boolean()) }),
    columns: ({ config }) => {
      if (config.kindly) throw new HeadraceError('too-odd', 'the input is odd', { hint: 'Make it even.' })
      return (undefined as unknown as Field[]).slice()
    },
    run: never,
  }) as NodeDefinition,
  'models/length': model({
    ...about,
    config: Type.Object({ as: Type.String({ default: 'length' }) }),
    probe: async () => null,
    columns: ({ input, config }) => [...input.fields, { name: config.as, type: types.int64 }],
    resource: { key: () => 'k', open: () => Promise.reject(new Error('not here')) },
    run: never,
  }) as NodeDefinition,
  'sinks/none': sink({
    ...about,
    config: Type.Object({
      key: Type.Optional(Type.String({ format: 'column' })),
      path: Type.Optional(Type.String({ format: 'path' })),
    }),
    columns: ({ input, config, report }) => {
      if (config.key && input.indexOf(config.key) < 0)
        report({ code: 'unknown-column', message: `unknown column "${config.key}"`, setting: 'key' })
    },
    open: () => Promise.reject(new Error('not here')),
    write: () => Promise.reject(new Error('not here')),
  }) as NodeDefinition,
}

/** The columns of the node `orders`. */
export const orders: Field[] = [
  { name: 'id', type: types.int64 },
  { name: 'price', type: types.float64 },
]

export interface Scene {
  nodes: Record<string, object>
  edges: string[]
  columns?: Record<string, Field[]>
  problems?: Record<string, Problem[]>
}

/** Checks nodes (each an object a line of the file) and edges ("a -> b"); the source `orders` has `orders`' columns. */
export function check({ nodes, edges, columns = {}, problems = {} }: Scene) {
  const drawn = edges.map((text) => text.split(' -> ')).map(([from, to]) => ({ from, to }))
  const lines = Object.entries(nodes).map(([id, node]) => `${JSON.stringify(id)}: ${JSON.stringify(node)}`)
  const text = `{"headrace": 1, "nodes": {\n${lines.join(',\n')}},\n"edges": [\n${drawn.map((edge) => JSON.stringify(edge)).join(',\n')}]}`
  const { pipeline, positions, problems: unread } = parsePipeline(text, 'p.json')
  expect(unread).toEqual([])
  const probes = Object.fromEntries(
    Object.entries(nodes).map(([id]) => {
      const probe = id in columns || id === 'orders' ? { columns: columns[id] ?? orders, files: [] } : null
      return [id, { probe, problems: problems[id] ?? [] }]
    }),
  )
  const checked = checkPipeline({
    pipeline: pipeline!,
    definitions,
    probes,
    positions,
    known: Object.keys(definitions),
  })
  const said = checked.problems.map(({ severity, code, place: { node, setting, line } }) =>
    [severity === 'warning' ? 'warning' : '', node ?? '', setting ?? '', code, line]
      .filter((part) => part !== '')
      .join(' '),
  )
  const schemas = Object.fromEntries(
    Object.values(checked.nodes).map(({ id, output }) => [id, output && String(output)]),
  )
  return { ...checked, said, schemas, text }
}

export const table = { type: 'sources/table' }
export const none = { type: 'sinks/none' }
export const filter = (where: string, more = {}) => ({ type: 'transforms/filter', config: { where }, ...more })
export const derive = (columns: Record<string, string>, more = {}) => ({
  type: 'transforms/derive',
  config: { columns },
  ...more,
})
