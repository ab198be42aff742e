import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listRuns } from '@headrace/runtime'
import type { Workplace } from '../engine/workplace.ts'
import { lanceRows } from '../scenarios/stored.ts'

/** The small model beside the examples. */
export const model = join(import.meta.dirname, '..', '..', 'examples', 'models', 'all-minilm-l6-v2')

const rows = 60_000
const words = ['river', 'turbine', 'valley', 'gate', 'flow', 'pressure', 'mountain', 'dam', 'spring', 'current']
const short = (n: number): string => `${words[n % 10]} ${words[(n * 7) % 10]} ${n}`

/**
 * A real pipeline: a CSV of some parts, a filter, an expression that rejects some rows, texts embedded, and stored in a
 * vector table with a file beside it; raw rows that cannot be read go to a file of their own.
 */
export function drawChaos(place: Workplace, key: boolean, share = 'div(1000000, id % 1200)'): string {
  const lines = Array.from({ length: rows }, (_, i) =>
    i % 20_000 === 7 ? `x${i},${short(i)}` : `${i + 1},${short(i + 1)}`,
  )
  place.write('in.csv', `id,text\n${lines.join('\n')}\n`)
  return place.pipeline(
    {
      in: ['sources/csv', { path: 'in.csv', types: { id: 'int64' } }],
      some: ['transforms/filter', { where: 'id % 300 == 0' }],
      share: ['transforms/derive', { columns: { share } }],
      vectors: ['models/embed', { model, column: 'text' }],
      table: ['sinks/lancedb', { path: 'store', table: 'texts', ifExists: 'replace', ...(key && { key: 'id' }) }],
      lines: ['sinks/ndjson', { path: 'out.ndjson', ifExists: 'replace' }],
      bad: ['sinks/csv', { path: 'bad.csv', ifExists: 'replace' }],
    },
    [
      ['in', 'some'],
      ['in.rejects', 'bad'],
      ['some', 'share'],
      ['share', 'vectors'],
      ['vectors', 'table'],
      ['share', 'lines'],
    ],
    { workers: 1, deadLetters: 100, errorLimit: 1000 },
  )
}

/** All that a run has stored, key for key, and what lies beside it. */
export interface Left {
  /** Rows of the vector table by their key, with a digest of their values, as often as they are there. */
  readonly table: readonly string[]
  readonly lines: string
  readonly bad: string
  /** The dead letters, in the order of their identities. */
  readonly letters: readonly string[]
  /** Files that nobody asked for. */
  readonly strays: readonly string[]
}

export async function leftBy(
  place: Workplace,
  run: string | undefined = listRuns(place.path('.headrace'))[0]?.path,
): Promise<Left> {
  const found = await lanceRows(place.path('store'), 'texts')
  const letters = join(run ?? '', 'dead-letters.ndjson')
  return {
    table: found.map(digestOf).sort(),
    lines: readFileSync(place.path('out.ndjson'), 'utf8'),
    bad: readFileSync(place.path('bad.csv'), 'utf8'),
    letters: existsSync(letters) ? readFileSync(letters, 'utf8').split('\n').filter(Boolean).sort() : [],
    strays: [...readdirSync(place.folder), ...readdirSync(place.path('store'))].filter((name) => !expected.has(name)),
  }
}

const expected = new Set(['.headrace', 'in.csv', 'pipeline.json', 'store', 'out.ndjson', 'bad.csv', 'texts.lance'])

/** A vector is the same to its sixth digit, however its rows were put together for the model. */
function digestOf({ id, text, share, vector, ...more }: Record<string, unknown>): string {
  const numbers = [...(vector as Iterable<number>)].map((value) => value.toFixed(5))
  const hash = createHash('sha256').update(numbers.join(' ')).digest('hex').slice(0, 16)
  return `${String(id).padStart(6, '0')} ${String(text)} ${String(share)} ${hash} ${Object.keys(more).join()}`
}
