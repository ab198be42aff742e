import type { ColumnView, Library } from '@headrace/runtime/api'
import { type ColumnType, parseType, typeName } from '@headrace/runtime/pipeline'

/** What an expression may name. */
export interface Names {
  readonly columns: readonly ColumnView[]
  readonly functions: Library['functions']
  /** The pipeline's parameters with their types. */
  readonly params?: readonly ColumnView[]
}

export interface Proposal {
  /** What is shown and typed against. */
  readonly label: string
  /** What is put into the text. */
  readonly text: string
  /** Where the cursor lands, counted from the end of `text`. */
  readonly back: number
  /** The column's type, or the function's signature. */
  readonly detail: string
  readonly help: string
  readonly kind: 'column' | 'field' | 'function'
}

/** Where the word that is being typed starts, and what it may become; null where nothing is to be proposed. */
export interface Proposals {
  readonly from: number
  readonly options: readonly Proposal[]
}

const reserved = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
)

/** A column's name as an expression writes it: in backticks where it is no plain word. */
export const written = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `\`${name}\``

const word = /[\p{L}_][\p{L}\p{N}_]*$/u
/** A name in backticks that is not closed yet. */
const openName = /`[^`]*$/

/** What may stand at the cursor; `asked`: also before a letter is typed. */
export function proposalsAt(text: string, cursor: number, names: Names, asked = false): Proposals | null {
  const before = text.slice(0, cursor)
  const code = withoutTexts(before)
  if (/["']|\/\//.test(code.replace(openName, ''))) return null
  const typed = (openName.exec(code) ?? word.exec(code))?.[0] ?? ''
  const from = cursor - typed.length
  const left = before.slice(0, from)
  if (/[\p{N}]$/u.test(left)) return null
  const owner = /(?:`([^`]+)`|([\p{L}_][\p{L}\p{N}_]*)|[)\]"'])\.$/u.exec(left)
  if (left.endsWith('.') && !owner) return null
  if (typed === '' && !asked && !owner) return null
  const given = names.params ?? []
  if (!owner) {
    const params = given.map((one) => ({ ...ofGiven(one), label: `param.${one.name}`, text: ofParam(one.name) }))
    const run = runNames.map((one) => ({ ...ofGiven(one), label: `run.${one.name}`, text: `run.${one.name}` }))
    return { from, options: [...names.columns.map(ofColumn), ...params, ...run, ...names.functions.map(ofFunction)] }
  }
  if (owner[2] === 'param') return { from, options: given.filter(({ name }) => plain.test(name)).map(ofGiven) }
  if (owner[2] === 'run' && !names.columns.some(({ name }) => name === 'run'))
    return { from, options: runNames.map(ofGiven) }
  const column = names.columns.find(({ name }) => name === (owner[1] ?? owner[2]))
  const type = column ? parseType(column.type) : null
  return { from, options: [...fieldsOf(type), ...names.functions.filter(takesSomething).map(ofMethod)] }
}

const ofColumn = ({ name, type }: ColumnView): Proposal => ({
  label: name,
  text: written(name),
  back: 0,
  detail: type,
  help: '',
  kind: 'column',
})

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/

/** What a run itself is called by. */
const runNames: readonly ColumnView[] = [
  { name: 'id', type: 'string' },
  { name: 'date', type: 'date' },
]

const ofParam = (name: string): string => (plain.test(name) ? `param.${name}` : `param[${JSON.stringify(name)}]`)

/** A value that the run is given, as what stands behind the dot. */
const ofGiven = ({ name, type }: ColumnView): Proposal => ({
  label: name,
  text: name,
  back: 0,
  detail: type,
  help: '',
  kind: 'field',
})

type Called = Library['functions'][number]

const takesSomething = ({ signature }: Called): boolean => !signature.endsWith('()')

const ofFunction = (one: Called): Proposal => ({
  label: one.name,
  text: `${one.name}()`,
  back: takesSomething(one) ? 1 : 0,
  detail: one.signature.slice(one.name.length),
  help: one.description,
  kind: 'function',
})

/** `lower(text)` after a dot: `.lower()`. */
const ofMethod = (one: Called): Proposal => ({
  ...ofFunction(one),
  back: one.signature.includes(',') ? 1 : 0,
  detail: one.signature.slice(one.name.length).replace(/^\([^,)]*,? ?/, '('),
})

const fieldsOf = (type: ColumnType | null): Proposal[] =>
  type?.kind === 'struct'
    ? type.fields.map((field) => ({
        label: field.name,
        text: field.name,
        back: 0,
        detail: typeName(field.type),
        help: '',
        kind: 'field' as const,
      }))
    : []

/** The code without whole texts, comments and names in backticks, as long as before; what is left of them is open. */
const withoutTexts = (code: string): string =>
  code.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/[^\n]*\n|`[^`]*`/g, (found) => ' '.repeat(found.length))
