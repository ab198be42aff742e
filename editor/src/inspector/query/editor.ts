import { acceptCompletion, autocompletion, type CompletionSource, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, historyKeymap } from '@codemirror/commands'
import { keywordCompletionSource, SQLDialect, schemaCompletionSource } from '@codemirror/lang-sql'
import type { Extension } from '@codemirror/state'
import { keymap } from '@codemirror/view'
import type { InputView } from '@headrace/runtime/api'
import { type EditorWishes, textExtensions } from '../expression/editor.ts'
import { colours } from '../expression/language.ts'

/** What a SELECT is made of in DuckDB; words that columns are often called by (name, value, year) are none of it. */
const duckdb = SQLDialect.define({
  keywords:
    'all and anti any as asc asof between by case collate cross desc distinct else end except exclude exists filter first following from full group having in inner intersect is join last lateral left like ilike limit natural not nulls offset on or order outer over partition pivot positional preceding qualify range recursive replace right rows select semi similar some then to unbounded union unnest unpivot using values when where window with within true false null',
  types:
    'bigint blob boolean date decimal double float hugeint integer interval json real smallint time timestamp timestamptz tinyint ubigint uinteger varchar',
  builtin:
    'abs arg_max arg_min avg cast ceil coalesce concat count date_diff date_part date_trunc dense_rank extract first floor greatest lag last lead least length list lower max median min nullif quantile_cont rank regexp_extract regexp_matches regexp_replace replace round row_number split_part strftime string_agg strptime substring sum trim try_cast upper',
  doubleQuotedStrings: false,
  spaceAfterDashes: false,
})

/** What makes an editor for a query: its language, the inputs' tables and columns to choose from. */
export function queryExtensions({
  tables,
  ...wishes
}: Omit<EditorWishes, 'names'> & { readonly tables: () => readonly InputView[] }): Extension[] {
  return [
    textExtensions(wishes),
    duckdb.language,
    colours,
    autocompletion({
      icons: false,
      interactionDelay: 20,
      tooltipClass: () => 'expression-list',
      override: [ofTables(tables), ofColumns(tables), keywordCompletionSource(duckdb, true)],
    }),
    keymap.of([...completionKeymap, { key: 'Tab', run: acceptCompletion }, ...historyKeymap, ...defaultKeymap]),
  ]
}

/** Tables by their names, and a table's columns after its dot or its alias's. */
const ofTables =
  (tables: () => readonly InputView[]): CompletionSource =>
  (context) => {
    const schema = Object.fromEntries(tables().map(({ name, columns }) => [name, columns?.map(written) ?? []]))
    return schemaCompletionSource({ dialect: duckdb, schema })(context)
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
