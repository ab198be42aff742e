import {
  type Batch,
  type Report,
  type SourceContext,
  type Split,
  type Static,
  source,
  Type,
} from '@headrace/runtime/sdk'
import { fill } from '../formats/generate/fill.ts'
import { columnSeed } from '../formats/generate/hash.ts'
import { type Kind, kindBytes, kindHelp, kindType, parseKind } from '../formats/generate/kinds.ts'
import { summaryOf } from '../formats/summary.ts'

const config = Type.Object({
  rows: Type.Integer({ minimum: 0, description: 'How many rows.', examples: [1_000_000] }),
  columns: Type.Record(Type.String(), Type.String(), {
    description: `What each column holds. ${Object.values(kindHelp).join('; ')}.`,
    examples: [{ id: 'sequence', price: 'float(1, 500)', title: 'words(3, 12)', vector: 'vector(384)' }],
  }),
  seed: Type.Integer({ default: 1, description: 'Another seed gives other rows; the same gives the same, always.' }),
})

const splitRows = 100_000
const batchRows = 8192
const batchBytes = 2 << 20

/** Makes rows up: for trials and benchmarks. */
export default source({
  title: 'Generate',
  description: 'Makes rows of any kind and width, the same ones from the same seed.',
  config,
  summary: ({ rows, columns }) => summaryOf(`${rows.toLocaleString('en')} rows`, Object.keys(columns).join(', ')),
  examples: [
    {
      title: 'Numbers one after the other',
      config: { rows: 3, columns: { id: 'sequence', from: 'sequence(10)' } },
      output: [
        { id: 1n, from: 10n },
        { id: 2n, from: 11n },
        { id: 3n, from: 12n },
      ],
    },
    {
      title: 'Orders with gaps',
      config: {
        rows: 20,
        columns: {
          id: 'uuid',
          day: 'date(2024-01-01, 2024-12-31)',
          lang: 'choice(de, en)',
          price: 'null(0.2, float(1, 50))',
        },
      },
    },
  ],
  probe: async ({ config: { rows, columns }, report }) => ({
    columns: kindsOf(columns, report).map(({ name, kind }) => ({ name, type: kindType(kind) })),
    files: [],
    rows,
  }),
  splits: async ({ config: { rows, columns }, target }) => {
    const rowBytes = kindsOf(columns).reduce((sum, { kind }) => sum + kindBytes(kind), 0)
    const most = Math.max(
      1,
      Math.min(target?.rows ?? splitRows, Math.floor((target?.bytes ?? 64 << 20) / Math.max(1, rowBytes))),
    )
    // Of one size, so that workers which take turns end together.
    const count = Math.ceil(rows / most)
    const border = (i: number) => Math.floor((rows * i) / count)
    return Array.from({ length: count }, (_, i): Split => {
      const [start, end] = [border(i), border(i + 1)]
      return {
        parts: [{ path: '', start, end, firstRow: start + 1 }],
        rows: end - start,
        bytes: (end - start) * rowBytes,
      }
    })
  },
  read: (context) => generate(context),
})

function kindsOf(columns: Readonly<Record<string, string>>, report?: Report): { name: string; kind: Kind }[] {
  if (Object.keys(columns).length === 0) {
    report?.({
      code: 'no-columns',
      message: 'there is no column.',
      hint: 'Add one, such as "id": "sequence".',
      setting: 'columns',
    })
  }
  return Object.entries(columns).flatMap(([name, text]) => {
    const parsed = parseKind(text)
    if ('kind' in parsed) return [{ name, kind: parsed.kind }]
    report?.({ code: 'unknown-kind', message: parsed.problem, hint: parsed.hint, setting: `columns.${name}` })
    return []
  })
}

async function* generate(context: SourceContext<Static<typeof config>>): AsyncGenerator<Batch> {
  const { scope, wanted } = context
  const columns = kindsOf(context.config.columns).map(({ name, kind }) => ({
    kind: wanted && !wanted.has(name) ? ({ kind: 'null', share: 1, of: kind } as const) : kind,
    seed: columnSeed(context.config.seed, name),
  }))
  const rowBytes = columns.reduce((sum, { kind }) => sum + kindBytes(kind), 0)
  const most = Math.max(1, Math.min(batchRows, Math.floor(batchBytes / Math.max(1, rowBytes))))
  for (const { start, end } of context.split.parts) {
    for (let first = start; first < end; first += most) {
      context.signal.throwIfAborted()
      const rows = Math.min(most, end - first)
      const filled = columns.map(({ kind, seed }) => fill(scope, kind, seed, first, rows))
      yield context.batch('', first + 1, rows, filled)
    }
  }
}
