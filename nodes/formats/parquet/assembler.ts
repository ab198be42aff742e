import { type Disk, HeadraceError, type Json, type Schema, sameType, typeName } from '@headrace/runtime/sdk'
import type { Assembler, Assembly, Range } from '../output.ts'
import { type Codec, openEncoder, writtenType } from './encode.ts'
import { type Footer, footerOf, readFooter, type SchemaNode } from './footer.ts'
import { columnsOf } from './schema.ts'
import { footerBytes, headOf, magic, moveGroups } from './stitch.ts'
import { numberAt, readThrift, writeThrift } from './thrift.ts'

/** What the ledger keeps of the growing file: everything else stands in the file beside it. */
type State = {
  readonly rows: number
  readonly groups: number
  /** Bytes of the footer's message without row groups at the head of the side file; 0 before the first part. */
  readonly head: number
  /** The columns' paths in a file that others wrote, which may name the items of lists otherwise. */
  readonly paths: readonly (readonly string[])[] | null
}

/** Puts parts together by copying their row groups and writing a new footer; nothing is decoded. */
export function parquetAssembler(disk: Disk, schema: Schema, codec: Codec): Assembler {
  const emptyFile = async () => (await openEncoder(schema.fields, codec)).finish()

  async function adopt(existing: string): Promise<Assembly> {
    const footer = await readFooter(existing, existing, { disk })
    const ours = footerOf(await emptyFile(), existing)
    refuseOtherLayout(footer, ours, existing)
    const head = writeThrift(headOf(footer))
    // Copied whole, up to the footer: no offset changes, so page indexes and bloom filters stay good.
    const groups = (footer.message.get(4)?.value as { values: ReturnType<typeof headOf>[] } | undefined)?.values ?? []
    return {
      pieces: [{ file: existing, start: 0, end: footer.start }],
      state: { rows: footer.rows, groups: groups.length, head: head.length, paths: leafPaths(footer.schema) },
      side: Buffer.concat([head, ...groups.map(writeThrift)]),
    }
  }

  async function append(part: Range, before: Json, position: number): Promise<Assembly> {
    const state = before as State // what `begin` or `append` returned
    const footer = await readFooter(part.file, part.file, { within: part, disk })
    const head = state.head ? new Uint8Array(0) : writeThrift(headOf(footer))
    const moved = moveGroups(footer, position, state.groups, state.paths)
    return {
      pieces: [{ file: part.file, start: part.start + moved.start, end: part.start + moved.end }],
      state: {
        ...state,
        rows: state.rows + footer.rows,
        groups: state.groups + moved.groups.length,
        head: state.head || head.length,
      },
      side: Buffer.concat([head, ...moved.groups.map(writeThrift)]),
    }
  }

  return {
    begin: async (existing) =>
      existing ? adopt(existing) : { pieces: [magic], state: { rows: 0, groups: 0, head: 0, paths: null } },
    append,
    async end(before, side) {
      const state = before as State // what `begin` or `append` returned
      const head = state.head ? readThrift(side.subarray(0, state.head)) : headOf(footerOf(await emptyFile(), 'empty'))
      return footerBytes(head, { rows: state.rows, count: state.groups, bytes: side.subarray(state.head) })
    },
  }
}

/** Columns that cannot follow those of an older file, in words; null where they can. */
export function columnsDiffer(found: Schema, added: Schema): string | null {
  const written = added.fields.map(({ name, type }) => ({ name, type: writtenType(type) }))
  for (const [i, { name, type }] of written.entries()) {
    const old = found.fields[i]
    if (!old) return `the file has no column "${name}"`
    if (old.name !== name) return `the file's column ${i + 1} is "${old.name}", the rows' is "${name}"`
    if (!sameType(old.type, type))
      return `column "${name}" is ${typeName(old.type)} in the file, ${typeName(type)} here`
  }
  const more = found.fields[written.length]
  return more ? `the file has a column "${more.name}" that the rows lack` : null
}

function refuseOtherLayout(old: Footer, ours: Footer, file: string): void {
  const differ = (why: string, hint: string) =>
    new HeadraceError('columns-differ', `Rows cannot be added to ${file}: ${why}.`, { place: { file }, hint })
  const [a, b] = [leaves(old.schema), leaves(ours.schema)]
  const names = (footer: Footer) => columnsOf(footer.schema).map(({ name, type }) => `${name}: ${typeName(type)}`)
  const [before, now] = [names(old), names(ours)]
  const at = before.findIndex((text, i) => text !== now[i])
  if (at >= 0 || before.length !== now.length) {
    const i = at < 0 ? before.length : at
    throw differ(
      `it has ${before[i] ?? 'no more columns'}, the rows ${now[i] ?? 'none there'}`,
      'Append the same columns, or set ifExists to "replace".',
    )
  }
  const other = a.find((leaf, i) => leaf.layout !== b[i]?.layout)
  if (!other && a.length === b.length) return
  throw differ(
    `another program wrote it, with another layout of ${other?.path.join('.') ?? 'its columns'}`,
    'Write to another file, or to a folder (a path that ends in "/").',
  )
}

interface Leaf {
  readonly path: readonly string[]
  /** What decides how its pages are read: the physical type, and how often it may be absent or repeated. */
  readonly layout: string
}

function leaves(root: SchemaNode): Leaf[] {
  const visit = (node: SchemaNode, above: readonly string[], levels: string): Leaf[] => {
    const path = [...above, node.name]
    const all = levels + { required: '', optional: 'o', repeated: 'r' }[node.repetition]
    if (node.physical === undefined) return node.children.flatMap((child) => visit(child, path, all))
    return [{ path, layout: `${node.physical} ${numberAt(node.element, 2) ?? ''} ${all}` }]
  }
  return root.children.flatMap((child) => visit(child, [], ''))
}

const leafPaths = (root: SchemaNode): string[][] => leaves(root).map(({ path }) => [...path])
