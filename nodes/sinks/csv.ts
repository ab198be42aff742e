import { type Disk, HeadraceError, type Report, sink, Type, types } from '@headrace/runtime/sdk'
import { TextBuffer } from '@headrace/runtime/text'
import {
  type Assembler,
  checkParts,
  openFileOutput,
  outputSettings,
  probeOutput,
  writeFileOutput,
} from '../formats/output.ts'
import { shortPath } from '../formats/summary.ts'
import { type CsvForm, csvWriter, writeHeader } from '../formats/text/csv.ts'
import { textParts } from '../formats/text/part.ts'

const config = Type.Object({
  ...outputSettings('.csv'),
  delimiter: Type.Optional(
    Type.String({
      default: ',',
      description: 'The character between two values.',
      examples: [';', '\t'],
    }),
  ),
  quote: Type.Optional(
    Type.String({
      default: '"',
      description: 'The character around values that hold a delimiter, a quote or a line break; doubled inside them.',
    }),
  ),
  header: Type.Optional(
    Type.Boolean({ default: true, description: 'Whether the first line of each file names the columns.' }),
  ),
})

/** Writes rows as comma-separated values. */
export default sink({
  title: 'CSV',
  description: 'Writes rows as CSV in UTF-8: a null is nothing, an empty text "", lists and structs are JSON.',
  config,
  summary: ({ path }) => shortPath(path),
  examples: [
    {
      title: 'A file for a spreadsheet that expects semicolons',
      config: { path: 'out/people.csv', delimiter: ';' },
      input: [
        { name: 'name', type: types.string },
        { name: 'age', type: types.int32 },
      ],
      rows: [
        { name: 'Ada; Countess', age: 36 },
        { name: '', age: null },
      ],
    },
    {
      title: 'Parts in a folder, without a header',
      config: { path: 'out/people/', header: false },
      input: [{ name: 'name', type: types.string }],
      rows: [{ name: 'Grace' }],
    },
  ],
  probe: (context) => probeOutput(context, '.csv'),
  columns({ config: settings, input, report }) {
    checkForm(formOf(settings), report)
    checkParts(settings, input, report)
  },
  open: (context) =>
    openFileOutput(context, {
      ending: '.csv',
      assembler: assembler(context.disk, formOf(context.config), context.config.header),
    }),
  write: (context) => {
    const form = formOf(context.config)
    const delimiter = form.delimiter.charCodeAt(0)
    const format = textParts(
      context,
      '.csv',
      (out, names) => out.copy(headerOf(names, form, context.config.header)),
      (batch, unwritable) => {
        const cells = batch.columns.map((column) => csvWriter(column, form, unwritable))
        return (out, row) => {
          for (let i = 0; i < cells.length; i++) {
            if (i) out.byte(delimiter)
            cells[i]?.(out, row)
          }
          out.byte(10)
        }
      },
    )
    return writeFileOutput(context, format)
  },
})

const formOf = (settings: { delimiter?: string; quote?: string }): CsvForm => ({
  delimiter: settings.delimiter ?? ',',
  quote: settings.quote ?? '"',
})

function checkForm({ delimiter, quote }: CsvForm, report: Report): void {
  // Numbers, times and base64 are never quoted, so no character of theirs may be a delimiter.
  const usable = (text: string) => /^[\t\x20-\x7e]$/.test(text) && !/[A-Za-z0-9+\-./:=]/.test(text)
  for (const [setting, text] of Object.entries({ delimiter, quote })) {
    if (usable(text)) continue
    report({
      code: 'bad-character',
      setting,
      message: `${JSON.stringify(text)} cannot be the ${setting}: it must be one ASCII character that is no letter, digit or one of + - . / : =`,
      hint: setting === 'delimiter' ? 'Use "," or ";" or a tab.' : `Use "\\"" or "'".`,
    })
  }
  if (delimiter === quote) {
    report({ code: 'bad-character', setting: 'quote', message: 'The quote and the delimiter are the same character.' })
  }
}

function headerOf(names: readonly string[], form: CsvForm, header = true): Uint8Array {
  const out = new TextBuffer()
  if (header) {
    writeHeader(out, names, form)
  }
  return out.written
}

/** Puts parts together under one header. What `append` finds must begin with the same header. */
function assembler(disk: Disk, form: CsvForm, header = true): Assembler {
  return {
    async begin(existing, schema) {
      const names = schema.fields.map((field) => field.name)
      const head = headerOf(names, form, header)
      const state = { head: head.length }
      if (!existing) return { pieces: [head], state }
      const { size, start, last } = await endsOf(disk, existing, head.length + 200)
      if (size === 0) return { pieces: [head], state }
      if (!sameHeader(start, head)) throw otherHeader(existing, start, head)
      const content = { file: existing, start: 0, end: size }
      return { pieces: last === 10 ? [content] : [content, Buffer.from('\n')], state }
    },
    async append(part, state) {
      const { head } = state as { head: number } // what `begin` returned
      return { pieces: [{ ...part, start: part.start + head }], state }
    },
    end: async () => new Uint8Array(0),
  }
}

async function endsOf(disk: Disk, file: string, headBytes: number) {
  const handle = await disk.open(file, 'read')
  try {
    const { size } = await handle.stat()
    const start = Buffer.alloc(headBytes)
    const count = await handle.read(start, 0)
    const last = Buffer.alloc(1)
    await handle.read(last, Math.max(0, size - 1))
    return { size, start: start.subarray(0, count), last: last[0] }
  } finally {
    await handle.close()
  }
}

/** Equal but for the line's end, which may be CR LF. */
const sameHeader = (start: Buffer, head: Uint8Array): boolean =>
  head.length === 0 ||
  (start.subarray(0, head.length - 1).equals(head.subarray(0, -1)) && [10, 13].includes(start[head.length - 1] ?? 10))

const otherHeader = (file: string, found: Buffer, wanted: Uint8Array): HeadraceError =>
  new HeadraceError(
    'columns-differ',
    `${file} begins with the line ${firstLine(found)}, the rows to append have ${firstLine(wanted)}.`,
    { place: { file }, hint: 'Append rows with the same columns, delimiter and header, or set ifExists to "replace".' },
  )

const firstLine = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString().split(/\r?\n/)[0])
