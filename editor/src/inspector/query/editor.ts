import { acceptCompletion, autocompletion, type CompletionSource, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, historyKeymap } from '@codemirror/commands'
import { keywordCompletionSource, PostgreSQL, schemaCompletionSource } from '@codemirror/lang-sql'
import type { Extension } from '@codemirror/state'
import { keymap } from '@codemirror/view'
import type { InputView } from '@headrace/runtime/api'
import { type EditorWishes, textExtensions } from '../expression/editor.ts'
import { colours } from '../expression/language.ts'

/** What makes an editor for a query: its language, the inputs' tables and columns to choose from. */
export function queryExtensions({
  tables,
  ...wishes
}: Omit<EditorWishes, 'names'> & { readonly tables: () => readonly InputView[] }): Extension[] {
  return [
    textExtensions(wishes),
    // DuckDB reads PostgreSQL's language and more.
    PostgreSQL.language,
    colours,
    autocompletion({
      icons: false,
      interactionDelay: 20,
      tooltipClass: () => 'expression-list',
      override: [ofTables(tables), ofColumns(tables), keywordCompletionSource(PostgreSQL, true)],
    }),
    keymap.of([...completionKeymap, { key: 'Tab', run: acceptCompletion }, ...historyKeymap, ...defaultKeymap]),
  ]
}

/** Tables by their names, and a table's columns after its dot or its alias's. */
const ofTables =
  (tables: () => readonly InputView[]): CompletionSource =>
  (context) => {
    const schema = Object.fromEntries(tables().map(({ name, columns }) => [name, columns?.map(written) ?? []]))
    return schemaCompletionSource({ dialect: PostgreSQL, schema })(context)
  }

/** The columns of all tables, where no dot says of which. */
const ofColumns =
  (tables: () => readonly InputView[]): CompletionSource =>
  (context) => {
    const word = context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u)
    if (!word || context.state.sliceDoc(word.from - 1, word.from) === '.') return null
    const options = tables().flatMap(({ name, columns }) =>
      (columns ?? []).map((column) => ({
        label: column.name,
        apply: written(column),
        detail: `${column.type} · ${name}`,
        type: 'column',
        boost: 2,
      })),
    )
    return { from: word.from, options, validFor: /^[\p{L}\p{N}_]*$/u }
  }

/** A column's name in a query: in quotes where it is no plain word. */
const written = ({ name }: { readonly name: string }): string =>
  /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
