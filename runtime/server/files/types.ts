import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const byEnding: { readonly [ending: string]: string } = {
  csv: 'sources/csv',
  tsv: 'sources/csv',
  tab: 'sources/csv',
  ndjson: 'sources/ndjson',
  jsonl: 'sources/ndjson',
  json: 'sources/ndjson',
  parquet: 'sources/parquet',
  arrow: 'sources/arrow',
  arrows: 'sources/arrow',
  feather: 'sources/arrow',
  ipc: 'sources/arrow',
  txt: 'sources/files',
  md: 'sources/files',
  html: 'sources/files',
  htm: 'sources/files',
  xml: 'sources/files',
  onnx: 'models/onnx',
}

/** The node type that reads a file, by its name: `orders.csv.gz` is a CSV file; null where the name says nothing. */
export function typeByName(name: string): string | null {
  const [ending = ''] = /[^.]+$/.exec(name.toLowerCase().replace(/\.(gz|zst)$/, '')) ?? []
  return (Object.hasOwn(byEnding, ending) && byEnding[ending]) || null
}

/** The node type that reads a file, by its first bytes where they tell, else by its name, else by what it looks like. */
export async function typeOfFile(path: string, name: string): Promise<string> {
  const head = await firstBytes(path, 4096)
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'sources/parquet'
  if (head.subarray(0, 6).toString('latin1') === 'ARROW1') return 'sources/arrow'
  const named = typeByName(name)
  if (named) return named
  if (head.includes(0)) return 'sources/files'
  const text = head.toString('latin1').trimStart()
  if (/^(?:[{[]|ï»¿[{[])/.test(text)) return 'sources/ndjson'
  const [first = '', second = ''] = text.split(/\r?\n/)
  const delimited = [',', ';', '\t', '|'].some((sign) => first.includes(sign) && second.includes(sign))
  return delimited ? 'sources/csv' : 'sources/files'
}

async function firstBytes(path: string, most: number): Promise<Buffer> {
  const handle = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(most), 0, most, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** Whether a folder holds a text encoder as `models/embed` takes it: a tokenizer and an ONNX file. */
export async function holdsEncoder(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((): string[] => [])
  if (!names.includes('tokenizer.json')) return false
  const inside = names.includes('onnx') ? await readdir(join(folder, 'onnx')).catch((): string[] => []) : []
  return [...names, ...inside].some((name) => name.endsWith('.onnx'))
}
