import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Disk, HeadraceError, type Json, type SinkOpenContext } from '@headrace/runtime/sdk'

/**
 * What a table remembers: the run that made it, and for each vector column what made its vectors. It lies in the
 * table's folder, where it moves and goes with the table, and where LanceDB leaves files alone that it does not know.
 */
export type TableMemory = {
  readonly run: string
  readonly models: { readonly [column: string]: { readonly node: string; readonly fingerprint: Json } }
}

type Models = SinkOpenContext<unknown>['models']

const fileName = '_headrace.json'

/** What a table remembers; null for a table of somebody else. */
export async function readMemory(tableFolder: string): Promise<TableMemory | null> {
  const text = await readFile(join(tableFolder, fileName), 'utf8').catch(() => null)
  // A cast: `writeMemory` wrote it.
  return text === null ? null : (JSON.parse(text) as TableMemory)
}

export async function writeMemory(disk: Disk, tableFolder: string, run: string, models: Models): Promise<void> {
  const memory: TableMemory = {
    run,
    models: Object.fromEntries(models.map(({ column, node, fingerprint }) => [column, { node, fingerprint }])),
  }
  const file = await disk.open(join(tableFolder, fileName), 'new')
  try {
    await file.write(Buffer.from(`${JSON.stringify(memory, null, 2)}\n`), 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Throws where vectors of another model, pooling or prefix lie in the table: they cannot be compared. */
export function refuseOtherModel(table: string, memory: TableMemory, models: Models): void {
  for (const { column, node, fingerprint } of models) {
    const before = memory.models[column]
    if (!before || stable(before.fingerprint) === stable(fingerprint)) continue
    throw new HeadraceError(
      'other-model',
      `The column "${column}" of the table "${table}" holds vectors of another model than node "${node}" makes: ${differences(before.fingerprint, fingerprint)}.`,
      {
        place: { node, column },
        hint: 'Use the same model and settings, another table, or set ifExists to "replace".',
      },
    )
  }
}

/** JSON with its keys in order, to compare two values. */
function stable(value: Json | undefined): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function differences(before: Json, now: Json, at = ''): string {
  const isObject = (value: Json): value is { readonly [key: string]: Json } =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
  if (!isObject(before) || !isObject(now)) {
    return `${at || 'fingerprint'} was ${stable(before)?.slice(0, 100)}, now it is ${stable(now)?.slice(0, 100)}`
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...keys]
    .filter((key) => stable(before[key]) !== stable(now[key]))
    .map((key) => differences(before[key] ?? null, now[key] ?? null, at ? `${at}.${key}` : key))
    .join('; ')
}
