import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { HeadraceError, type Schema, Type, table } from '@headrace/runtime/sdk'
import { dieIf, keepRows, readPart, rowsOf, sumOf, writeParts } from '../../engine/tables/kept.ts'

/** How a node over all rows can lie about them. */
export const tableLies = ['keep', 'make', 'gather', 'swap', 'filter', 'read', 'reread'] as const

const lieOf = ({ lie, honest }: { lie?: string; honest?: string }) => (honest && existsSync(honest) ? undefined : lie)

/** A sort in JavaScript that can lie, fail, stand still and die: tests show that the engine notices and goes on. */
export default table({
  title: 'Line up',
  description: 'Puts all rows in the order of a whole number.',
  config: Type.Object({
    column: Type.String({ format: 'column', description: 'The column.', default: 'n' }),
    part: Type.Number({ default: 100, description: 'Rows of a part.' }),
    lie: Type.Optional(
      Type.String({
        description:
          'keep: loses a row it keeps; make: says that it found one less; gather: leaves one out of what it makes; swap: ' +
          'and makes another twice; filter: says of one that leaves that it does not; read: loses one it reads; ' +
          'reread: gives one twice in place of another',
      }),
    ),
    honest: Type.Optional(Type.String({ description: 'A file: where it exists, nothing is wrong.' })),
    fail: Type.Optional(
      Type.String({ description: 'once: the disk hiccups; always: it cannot be done; full: the disk is full' }),
    ),
    die: Type.Optional(
      Type.String({
        description: 'A file name: with .kept, .begun, .made or .read behind it, the process dies there.',
      }),
    ),
    wait: Type.Optional(Type.Boolean({ description: 'Stands still until it is told to stop.' })),
  }),
  examples: [],
  columns: ({ inputs }) => inputs['']?.fields ?? [],
  async write({ input, splitIndex, stage, config, resolve }) {
    const receipt = await keepRows(input, splitIndex, stage('.ndjson'), lieOf(config) === 'keep')
    if (config.die && splitIndex > 0) dieIf(`${resolve(config.die)}.kept`)
    return receipt
  },
  async gather({ inputs, config, folder, signal, log }) {
    const all = await rowsOf(inputs[''] as (typeof inputs)[''])
    log('debug', `lines ${all.length} rows up`)
    const once = `${folder}.failed`
    if (config.fail === 'always') throw new HeadraceError('no-luck', 'rows cannot be lined up today')
    if (config.fail === 'full') throw new Error('IO Error: Could not write file: No space left on device')
    if (config.fail === 'once' && !existsSync(once)) {
      writeFileSync(once, '')
      throw new HeadraceError('busy', 'the disk is busy', { fault: true })
    }
    if (config.wait) await setTimeout(600_000, undefined, { signal })
    const key = (row: (typeof all)[number]) => row.values[config.column] as bigint
    const lie = lieOf(config)
    const rows = [...all].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
    writeParts(folder, rows.slice(0, 1), 1)
    if (lie === 'gather') rows.pop()
    if (lie === 'swap') rows[0] = rows[1] as (typeof rows)[number]
    if (config.die) dieIf(`${config.die}.begun`)
    const splits = writeParts(folder, rows, config.part)
    if (config.die) dieIf(`${config.die}.made`)
    const found = sumOf(lie === 'make' ? all.slice(1) : all)
    const filtered = sumOf(lie === 'filter' ? all.slice(0, 1) : [])
    return { splits, found: { '': found }, filtered, passed: true, data: null }
  },
  async *read({ split, scope, schema, config, resolve }) {
    if (config.die && split.parts[0]?.path.endsWith('/3.ndjson')) dieIf(`${resolve(config.die)}.read`)
    for await (const batch of readPart(split, scope, schema as Schema)) {
      const lie = lieOf(config)
      if (lie === 'reread') yield batch.slice(1, 2)
      yield lie === 'read' || lie === 'reread' ? batch.slice(1, batch.rows) : batch
    }
  },
})
