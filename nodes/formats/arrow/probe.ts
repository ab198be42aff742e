import { columnFields } from '@headrace/runtime/arrowlayout'
import {
  type Field,
  type Header,
  HeadraceError,
  type ProbeContext,
  type SourceProbe,
  sameType,
  typeName,
} from '@headrace/runtime/sdk'
import { findFiles } from '../files.ts'
import { headersOf } from '../headers.ts'
import { readContents, withFile } from './file.ts'

interface Settings {
  readonly path: string | readonly string[]
}

/** Reads the schemas of all files; columns of one name must have one type, a file may lack some. */
export async function probeArrow(context: ProbeContext<Settings>): Promise<SourceProbe> {
  const { config, resolve, report } = context
  const files = await findFiles({ ...context, path: config.path })
  const columns = new Map<string, Field>()
  const formats = new Set<string>()
  for (const { path } of files) {
    context.signal.throwIfAborted()
    try {
      const contents = await withFile(resolve(path), path, (file) => readContents(file, { schemaOnly: true }))
      formats.add(contents.format)
      const names = new Set<string>()
      for (const field of columnFields(contents.fields)) {
        const known = columns.get(field.name)
        if (names.has(field.name)) throw twice(path, field.name)
        names.add(field.name)
        if (!known) columns.set(field.name, field)
        else if (!sameType(known.type, field.type)) throw different(path, known, field)
      }
    } catch (cause) {
      if (!(cause instanceof HeadraceError)) throw cause
      report({ code: cause.code, message: cause.message, ...(cause.hint && { hint: cause.hint }), setting: 'path' })
    }
  }
  return { columns: [...columns.values()], files, detected: { format: [...formats].join(', ') } }
}

/** The columns of every file, for a source whose columns are pinned. */
export async function arrowHeaders({ config, ...context }: ProbeContext<Settings>): Promise<Header[]> {
  const files = await findFiles({ ...context, path: config.path, report: () => {} })
  return await headersOf(files, context, async ({ path }) => {
    const contents = await withFile(context.resolve(path), path, (file) => readContents(file, { schemaOnly: true }))
    return columnFields(contents.fields)
  })
}

const twice = (path: string, name: string) =>
  new HeadraceError('duplicate-column', `${path} has two columns "${name}".`, { hint: 'Give each a name of its own.' })

const different = (path: string, known: Field, field: Field) =>
  new HeadraceError(
    'different-columns',
    `${path}: column "${field.name}" is ${typeName(field.type)}, in a file before it ${typeName(known.type)}.`,
    { hint: 'Read the files by two sources and bring the column to one type with transforms/select.' },
  )
