import { deepStrictEqual } from 'node:assert/strict'
import { Schema } from '../../pipeline/schema.ts'
import { withDefaults } from '../../pipeline/settings.ts'
import type { Json, TransformNode } from '../../sdk/node.ts'
import { Bench, type Row } from '../bench.ts'
import { type Ran, type Rows, runNode } from '../harness.ts'

/** Throws unless a node makes of the columns that it says it reads what it makes of all of them. */
export async function needsNoMore(node: TransformNode, settings: unknown, input: Rows, folder: string): Promise<void> {
  const bench = new Bench(folder)
  const config = withDefaults(node.config, settings) as never // checked by the promise before this one
  const probe: Json = (await node.probe?.(bench.probeContext(config))) ?? null
  const read = new Set(node.reads?.({ config, input: new Schema(input.fields), probe }))
  const fields = input.fields.filter(({ name }) => read.has(name))
  const whole = await runNode(node, settings, input, bench)
  const few = await runNode(node, settings, { ...input, fields }, new Bench(folder))
  deepStrictEqual(few.problems, whole.problems, 'it names a column in its settings that it says it does not read')
  const seen = ({ identities, rejected, ports }: Ran) => ({
    identities,
    rejected: rejected.map(({ identity, code, column }) => ({ identity, code, column })),
    ports: Object.fromEntries(Object.entries(ports).map(([port, rows]) => [port, rows.map(ofRead)])),
  })
  const ofRead = (row: Row) => few.schema.fields.map(({ name }) => row[name])
  deepStrictEqual(seen(few), seen(whole), 'it looks at more columns than it says')
}
