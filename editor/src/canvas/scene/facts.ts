import type { CheckAnswer, ColumnView, NodeKind, NodeTypeView, NodeView } from '@headrace/runtime/api'
import { type InputNames, inputsOf, type Pipeline, type Problem } from '@headrace/runtime/pipeline'
import { type CardShape, spare } from '../card/shape.ts'

/** What a card shows of a node; plain, so that two can be compared. */
export interface CardFacts {
  readonly [key: string]: unknown
  readonly id: string
  /** The title when set, else the id. */
  readonly name: string
  readonly type: string
  readonly kind: NodeKind | 'unknown'
  readonly summary: string
  readonly state: NodeView['state']
  /** Columns that leave; of a sink, that come in. Null where problems hide them. */
  readonly columns: number | null
  /** Rows of a source, where its file says so. */
  readonly rows: number | null
  /** The first problem's sentence, errors first. */
  readonly problem: string | null
  readonly problems: number
  /** Only warnings. */
  readonly mild: boolean
  readonly note: string | null
  readonly rejectsConnected: boolean
  readonly inputs: number
}

/** What is known of the nodes beside the pipeline itself. */
export interface Known {
  readonly types: ReadonlyMap<string, NodeTypeView>
  /** The server's last answer; it may be of the text before the last edit. */
  readonly checked: CheckAnswer | null
  readonly running: boolean
}

/** The outline of every card: which ports it has, before the server has answered too. */
export function shapesOf(pipeline: Pipeline, { types, checked, running }: Known): Map<string, CardShape> {
  const used = new Map<string, Set<string>>()
  const fed = new Map<string, Set<string>>()
  const rejecting = new Set<string>()
  for (const { from, to } of pipeline.edges) {
    if (from.port === 'rejects') rejecting.add(from.node)
    fed.set(to.node, (fed.get(to.node) ?? new Set()).add(to.port))
    if (from.port === 'rejects') continue
    const ports = used.get(from.node) ?? new Set()
    used.set(from.node, ports.add(from.port))
  }
  return new Map(
    Object.entries(pipeline.nodes).map(([id, { type }]) => {
      const kind = types.get(type)?.kind
      const view = checked?.nodes[id]
      // Where problems hide a node's outputs it has the usual one.
      const told = view?.ports.length ? view.ports : kind === 'sink' ? [] : ['']
      // A wire that leads from a port which is no more is drawn all the same: its problem says what is wrong.
      const outputs = [...new Set([...told, ...(used.get(id) ?? [])])]
      const inputs = inputsShown(inputsOf(checked, id, types.get(type)?.inputs), fed.get(id) ?? new Set())
      const rejects = (kind ?? view?.kind) !== 'table' || rejecting.has(id)
      return [id, { inputs, outputs, rejects, running }]
    }),
  )
}

/** The inputs of a card: those that there are, then those that only an edge names; last a spare one where any name may be. */
function inputsShown(known: InputNames, used: ReadonlySet<string>): readonly string[] {
  if (known === 'any') return [...used, spare]
  return [...new Set([...(known ?? ['']), ...used])]
}

/** What every card shows. */
export function factsOf(pipeline: Pipeline, { types, checked }: Known): Map<string, CardFacts> {
  const problems = problemsByNode(checked?.problems ?? [])
  const rejecting = new Set(pipeline.edges.flatMap(({ from }) => (from.port === 'rejects' ? [from.node] : [])))
  const inputs = new Map<string, number>()
  for (const { to } of pipeline.edges) inputs.set(to.node, (inputs.get(to.node) ?? 0) + 1)
  return new Map(
    Object.entries(pipeline.nodes).map(([id, node]) => {
      const known = types.get(node.type)
      const view = checked?.nodes[id]
      const own = problems.get(id) ?? []
      const facts: CardFacts = {
        id,
        name: node.title || id,
        type: node.type,
        kind: known?.kind ?? 'unknown',
        summary: summaryOf(view, known, node.type),
        state: stateOf(node.disabled, view, types.size > 0 && !known),
        columns: (known?.kind === 'sink' ? view?.input : view?.output)?.length ?? null,
        rows: view?.rows ?? null,
        problem: own[0]?.message ?? null,
        problems: own.length,
        mild: own.length > 0 && own.every(({ severity }) => severity === 'warning'),
        note: node.note ?? null,
        rejectsConnected: rejecting.has(id),
        inputs: inputs.get(id) ?? 0,
      }
      return [id, facts]
    }),
  )
}

function problemsByNode(problems: readonly Problem[]): Map<string, Problem[]> {
  const found = new Map<string, Problem[]>()
  for (const problem of problems) {
    const { node } = problem.place
    if (node === undefined) continue
    const own = found.get(node) ?? []
    if (problem.severity === 'error') own.splice(own.filter(({ severity }) => severity === 'error').length, 0, problem)
    else own.push(problem)
    found.set(node, own)
  }
  return found
}

const summaryOf = (view: NodeView | undefined, known: NodeTypeView | undefined, type: string): string =>
  view?.summary || known?.title || type || '–'

function stateOf(disabled: boolean | undefined, view: NodeView | undefined, unknown: boolean): NodeView['state'] {
  if (view && view.state !== 'on') return view.state === 'unknown' || disabled ? view.state : 'on'
  if (unknown) return 'unknown'
  return disabled ? 'off' : 'on'
}

/** How many columns, for a chip. */
export const countOf = (columns: readonly ColumnView[] | null): number | null => columns?.length ?? null
