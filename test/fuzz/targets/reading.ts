import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import {
  Account,
  Batch,
  type Column,
  type Field,
  Identity,
  Pool,
  Schema,
  Scope,
  type SourceNode,
  type SourceReject,
} from '@headrace/runtime/sdk'
import { Bench } from '@headrace/runtime/testing'
import { resolveSecrets } from '../../../runtime/catalogue/secrets.ts'
import { pinnedSource } from '../../../runtime/drift/source.ts'
import { readJson } from '../../../runtime/pipeline/json.ts'
import { isObject } from '../../../runtime/pipeline/reader.ts'
import { settle } from '../../../runtime/pipeline/settled.ts'
import { endingOf, mustBeClear, refusedBy } from '../engine/judge.ts'
import { split } from '../engine/loop.ts'
import { Finding, type Opened } from '../engine/target.ts'

/** The real pool, which tells when a small input asks for very much at once. */
class GuardedPool extends Pool {
  override allocate(bytes: number) {
    if (!(bytes <= 256 << 20)) throw new Finding(`${bytes} bytes of shared memory are asked for at once`)
    return super.allocate(bytes)
  }
}

/** The settings on the first line, an object in any case, and the file's bytes behind it. */
export function headed(input: Buffer): { settings: Record<string, unknown>; body: Buffer } {
  const [head, body] = split(input)
  // As a pipeline's file is read; a line that is no JSON is no settings: they have a target of their own.
  const { value } = readJson(head.toString('utf8'))
  return { settings: isObject(value) ? { ...value } : {}, body }
}

/** Reads a file of the given bytes by a source, as a run would: settings checked, probed, cut into splits, read. */
export function sourceTarget(definition: SourceNode, name: string, folder: string, most = 200_000): Opened {
  const source = pinnedSource(definition)
  const pool = new GuardedPool(1 << 28)
  pool.poison = true
  return {
    async feed(input) {
      const { settings, body } = headed(input)
      const file = typeof settings['file'] === 'string' && /^[\w.]+$/.test(settings['file']) ? settings['file'] : name
      delete settings['file']
      delete settings['path']
      const path = join(folder, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, body)
      try {
        return await read(source, { ...settings, path: file }, { folder, pool, most })
      } catch (error) {
        return endingOf(error)
      } finally {
        rmSync(path)
      }
    },
  }
}

interface Reading {
  readonly folder: string
  readonly pool: Pool
  readonly most: number
}

async function read(source: SourceNode, settings: object, { folder, pool, most }: Reading): Promise<string> {
  const { problems, own } = settle(source, settings)
  if (problems.length) return refusedBy(problems.map((one) => ({ ...one, severity: 'error', place: {} })))
  const { config: resolved, missing } = await resolveSecrets(own, folder, source.config)
  if (missing.length) return 'refused: missing-secret'
  const config = resolved as never // as checked
  const bench = new Bench(folder)
  const probe = await source.probe(bench.probeContext(config))
  if (bench.problems.some(({ severity }) => severity === 'error')) return refusedBy(bench.problems)
  mustSurviveJson(probe)
  const context = { config, probe, resolve: bench.resolve, signal: bench.signal }
  const schema = new Schema(probe.columns)
  let rows = 0
  const rejected: SourceReject[] = []
  for (const one of await source.splits(context)) {
    const scope = new Scope(pool, new Account())
    const batches = source.read({
      ...bench.context(config, scope),
      split: one,
      probe,
      schema,
      maxRowBytes: 1 << 20,
      batch: (path, numbers, count, columns) =>
        new Batch(scope, schema, columns as Column[], new Identity({ node: 'fuzz', path }, count, numbers)),
      reject: (reject) => rejected.push(reject),
    })
    try {
      for await (const batch of batches) {
        mustBeWhole(batch, probe.columns)
        rows += batch.rows
        if (rows + rejected.length > most) return 'very many rows'
        scope.resume()
      }
    } finally {
      scope.close()
    }
  }
  if (pool.held) throw new Finding(`${pool.held} blocks are still held after reading`)
  for (const { code, message } of rejected.slice(0, 50)) mustBeClear(code, message)
  return rejected.length ? `${rows} rows and ${rejected.length} rejected` : `${rows} rows`
}

/** What a probe finds is kept and sent to workers as JSON. */
function mustSurviveJson(probe: object): void {
  const plain = JSON.parse(JSON.stringify(probe)) as object
  const defined = JSON.parse(JSON.stringify(plain)) as object
  if (!isDeepStrictEqual(plain, defined)) throw new Finding('what the probe found does not survive JSON')
}

/** Every value of the first and last rows can be read: no offset leads out of its buffer. */
function mustBeWhole(batch: Batch, columns: readonly Field[]): void {
  if (batch.rows < 0 || !Number.isInteger(batch.rows)) throw new Finding(`a batch has ${batch.rows} rows`)
  if (batch.columns.length !== columns.length) throw new Finding('a batch has other columns than were promised')
  for (let row = 0; row < batch.rows; row += row < 100 ? 1 : 97) batch.row(row)
}
