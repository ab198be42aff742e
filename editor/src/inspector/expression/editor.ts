import {
  acceptCompletion,
  autocompletion,
  type Completion,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, insertNewline } from '@codemirror/commands'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, placeholder, tooltips } from '@codemirror/view'
import { type Names, type Proposal, proposalsAt } from './complete.ts'
import { highlighted } from './language.ts'

export interface EditorWishes {
  readonly names: () => Names
  readonly onChange: (text: string) => void
  readonly placeholder: string
  readonly attributes: () => { readonly [name: string]: string }
}

/** What every small editor has, whatever its language: history, a hint while it is empty, lists that hang on the page. */
export function textExtensions({ onChange, placeholder: hint, attributes }: Omit<EditorWishes, 'names'>): Extension[] {
  return [
    history(),
    EditorView.lineWrapping,
    placeholder(hint),
    EditorView.contentAttributes.of(attributes),
    // Lists and messages hang on the page, so that the inspector's edge does not cut them.
    tooltips({ parent: document.body, position: 'fixed' }),
    EditorView.updateListener.of(({ docChanged, state, transactions }) => {
      if (docChanged && !transactions.some((one) => one.isUserEvent('outside'))) onChange(state.doc.toString())
    }),
    EditorState.allowMultipleSelections.of(false),
  ]
}

/** What makes a small editor for one expression: completion, colours, its keys. */
export function expressionExtensions({ names, ...wishes }: EditorWishes): Extension[] {
  return [
    textExtensions(wishes),
    highlighted,
    autocompletion({
      icons: false,
      interactionDelay: 20,
      activateOnTypingDelay: 10,
      optionClass: ({ type }) => `expression-${type}`,
      tooltipClass: () => 'expression-list',
      override: [
        ({ state, pos, explicit }) => {
          const found = proposalsAt(state.doc.toString(), pos, names(), explicit)
          return (
            found && {
              from: found.from,
              options: found.options.map(asCompletion),
              filter: true,
              validFor: /^`?[\p{L}\p{N}_ ]*$/u,
            }
          )
        },
      ],
    }),
    keymap.of([
      ...completionKeymap,
      { key: 'Tab', run: acceptCompletion },
      // Enter alone adds no line: an expression is one.
      { key: 'Enter', run: () => true, shift: insertNewline },
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    EditorView.domEventHandlers({
      focus: (_, view) => {
        if (view.state.doc.length === 0) setTimeout(() => view.hasFocus && startCompletion(view), 0)
      },
    }),
  ]
}

const boosts = { column: 2, field: 2, function: 0 }

function asCompletion({ label, text, back, detail, help, kind }: Proposal): Completion {
  return {
    label,
    detail,
    type: kind,
    boost: boosts[kind],
    ...(help && { info: help }),
    apply: (view, _, from, to) => {
      const cursor = from + text.length - back
      // A closing backtick that the reader typed is taken with it.
      const end = text.endsWith('`') && view.state.sliceDoc(to, to + 1) === '`' ? to + 1 : to
      view.dispatch({
        changes: { from, to: end, insert: text },
        selection: { anchor: cursor },
        userEvent: 'input.complete',
      })
    },
  }
}

/** Puts another text in, not as typing. */
export function showText(view: EditorView, text: string): void {
  const now = view.state.doc.toString()
  if (now === text) return
  view.dispatch({ changes: { from: 0, to: now.length, insert: text }, userEvent: 'outside' })
}
