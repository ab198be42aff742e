import { writeFile } from 'node:fs/promises'
import { readIdentity } from '../../memory/identity.ts'
import { type Batch, concatBatches, Identity } from '../../memory/index.ts'
import { HeadraceError } from '../../pipeline/problem.ts'
import type { RawRow, Rejoined, SourceContext, SourceNode, SourceReject, SplitPart } from '../../sdk/node.ts'
import type { DeadLetter } from '../deadletters-reader.ts'
import { type LetterRange, lettersIn } from './letters.ts'

const batchRows = 256
/** Pieces that are read at the same time: opening a file is waiting. */
const atOnce = 16
/** Of a longer piece a run keeps no more: the rest is missing. */
const mostKept = (64 << 10) - 4

/** Reads raw input again that a source rejected: each piece by itself, so that none swallows another. */
export async function* rereadRows(
  node: SourceNode,
  context: SourceContext<never>,
  range: LetterRange,
  scratch: string,
): AsyncGenerator<Batch> {
  const rows = (await lettersIn(range)).map(rawRow)
  const { config, probe, resolve, schema, scope } = context
  if (!node.rejoin) throw new HeadraceError('no-replay', `${context.node} cannot read rejected rows again`)
  const rejoined = await node.rejoin({ config, probe, resolve, rows })
  const parts = await writeParts(rows, rejoined, scratch, context.node)
  // Kept until they are joined: what goes out in between frees the source's memory.
  let ready: ReturnType<Batch['keep']>[] = []
  const flush = () => {
    const [first] = ready
    if (!first) return null
    const { origin } = first.identity
    const numbers = Float64Array.from(ready, (batch) => batch.identity.number(0))
    const merged = concatBatches(scope, schema, ready, new Identity(origin, ready.length, numbers))
    for (const batch of ready) batch.release()
    ready = []
    return merged
  }
  for (let start = 0; start < rows.length; start += atOnce) {
    const some = rows.slice(start, start + atOnce)
    const read = await Promise.all(some.map((row, i) => readOne(node, context, row, parts[start + i] as Part)))
    for (const one of read) {
      if (!('rows' in one)) context.reject(one)
      else if (ready.length < batchRows && (ready[0]?.identity.origin ?? one.identity.origin) === one.identity.origin)
        ready.push(one)
      else {
        const merged = flush()
        if (merged) yield merged
        ready.push(one)
      }
    }
  }
  const last = flush()
  if (last) yield last
}

function rawRow({ identity, values, mended }: DeadLetter): RawRow {
  const parts = readIdentity(identity)
  if (!parts) throw new Error(`"${identity}" is no identity of a row`)
  const [line, byte] = [values['line'], values['byte']].map((one) => (typeof one === 'number' ? one : null))
  return {
    path: parts.path,
    row: parts.number,
    line: line ?? null,
    byte: byte ?? null,
    raw: String(values['raw']),
    mended,
  }
}

interface Part {
  readonly part: SplitPart
  /** The file in which the part lies; null: the source's own. */
  readonly file: string | null
}

/** Puts the texts into one file, one after the other. */
async function writeParts(
  rows: readonly RawRow[],
  rejoined: readonly Rejoined[],
  scratch: string,
  node: string,
): Promise<Part[]> {
  const texts: Buffer[] = []
  let end = 0
  const parts = rejoined.map((one, i): Part => {
    const { path, row, mended } = rows[i] as RawRow
    if ('part' in one) {
      if (!mended) return { part: one.part, file: null }
      throw new HeadraceError('no-mend', `${node} reads whole files, so that ${path} is mended in its place`, {
        place: { node, file: path },
        hint: 'Change the file, then replay the row as it is.',
      })
    }
    const bytes = Buffer.from(one.text)
    texts.push(bytes)
    const start = end
    end += bytes.length
    return { part: { path, start, end, firstRow: row, data: one.data }, file: scratch }
  })
  if (texts.length) await writeFile(scratch, Buffer.concat(texts))
  return parts
}

/** Reads one piece: its row, kept, or why it is rejected again; a piece is one row, never two and never none. */
async function readOne(
  node: SourceNode,
  context: SourceContext<never>,
  row: RawRow,
  { part, file }: Part,
): Promise<ReturnType<Batch['keep']> | SourceReject> {
  const lost = file !== null && !row.mended ? lostIn(row) : null
  if (lost) return { ...lost, ...placeOf(row) }
  const batches: ReturnType<Batch['keep']>[] = []
  const rejects: SourceReject[] = []
  const split = { parts: [part], bytes: part.end - part.start }
  const resolve = file === null ? context.resolve : () => file
  const reading = { ...context, split, resolve, reject: (one: SourceReject) => void rejects.push(one) }
  for await (const batch of node.read(reading)) batches.push(batch.keep())
  const found = batches.reduce((sum, batch) => sum + batch.rows, 0) + rejects.length
  const [batch] = batches
  if (found === 1 && batch) return batch
  for (const one of batches) one.release()
  const [again] = rejects
  return { ...(found === 1 && again ? again : severalRows(row, found)), ...placeOf(row) }
}

const placeOf = ({ path, row, line, byte, raw }: RawRow) => ({
  path,
  row,
  raw,
  ...(line !== null && { line }),
  ...(byte !== null && { byte }),
})

/** What of a piece was not kept, so that it must not be stored as it is; null where it is whole. */
function lostIn({ path, row, line, raw }: RawRow): SourceReject | null {
  const where = `${path} ${line === null ? `row ${row}` : `line ${line}`}`
  if (raw.includes('\ufffd')) {
    const message = `${where}: bytes that are no text were not kept. Mend the text, or set encoding and run anew.`
    return { path, row, raw, code: 'raw-lost', message }
  }
  if (raw.length < mostKept) return null
  const message = `${where}: only the first 64 KB of the row were kept. Mend the text, or correct the file and run anew.`
  return { path, row, raw, code: 'raw-cut', message }
}

function severalRows({ path, row, line, raw }: RawRow, found: number): SourceReject {
  const what = found === 0 ? 'the text holds no row' : `the text holds ${found} rows where there was one`
  const where = line === null ? `row ${row}` : `line ${line}`
  return { path, row, raw, code: found === 0 ? 'no-row' : 'several-rows', message: `${path} ${where}: ${what}.` }
}
