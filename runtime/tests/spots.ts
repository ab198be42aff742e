import type { Checked } from '../catalogue/check.ts'
import { inputName } from '../pipeline/graph.ts'
import { type PipelineEdge, type Port, portText, readPort } from '../pipeline/model.ts'
import type { Prepared } from '../pipeline/prepare.ts'
import { nearest } from '../pipeline/problem.ts'
import type { Expectation, PipelineTest, Put } from '../pipeline/tests/index.ts'
import type { Notes } from './notes.ts'

/** Where something is put in. */
export interface PutSpot {
  /** As the test names it. */
  readonly at: string
  readonly node: string
  readonly isSource: boolean
  /** The name of the input that the rows enter; '' for the only one, and of a source. */
  readonly input: string
  readonly put: Put
}

/** Where something is expected. */
export interface ExpectSpot {
  readonly at: string
  readonly node: string
  /** Null: only the node's counts are expected. */
  readonly port: string | null
  /** A sink is not opened: what would enter it is expected. */
  readonly enters: boolean
  readonly expectation: Expectation
}

/** The nodes, inputs and outputs that a test names; what names none is a problem with its line. */
export function spotsOf(test: PipelineTest, checked: Checked, notes: Notes) {
  const puts = Object.entries(test.put).flatMap(([at, put]): PutSpot[] => {
    const found = nodeAt(at, 'put', test, checked, notes)
    const spot = found && putSpot(at, put, found, checked.edges, (message, hint) => wrong('put', at, message, hint))
    return spot ? [spot] : []
  })
  const expects = Object.entries(test.expect).flatMap(([at, expectation]): ExpectSpot[] => {
    const found = nodeAt(at, 'expect', test, checked, notes)
    const spot = found && expectSpot(at, expectation, found, (message, hint) => wrong('expect', at, message, hint))
    return spot ? [spot] : []
  })
  return { puts, expects }

  function wrong(part: 'put' | 'expect', at: string, message: string, hint: string): null {
    notes.key([...test.path, part], at, { code: 'wrong-spot', message, hint })
    return null
  }
}

interface Found {
  readonly port: Port
  readonly prepared: Prepared
}

function nodeAt(at: string, part: 'put' | 'expect', { name, path }: PipelineTest, checked: Checked, notes: Notes) {
  const note = (code: string, message: string, hint: string): null => {
    notes.key([...path, part], at, { code, message: `test "${name}": ${message}`, hint })
    return null
  }
  const port = readPort(at)
  if (!port)
    return note('wrong-spot', `"${at}" is no node`, 'Name a node, or a node and its port: "orders", "orders.rejects".')
  const prepared = checked.prepared.get(port.node)
  if (!prepared) {
    const known = [...checked.prepared.keys()]
    const meant = nearest(port.node, known)
    const hint = meant ? `Did you mean "${portText({ ...port, node: meant })}"?` : `The nodes are ${known.join(', ')}.`
    return note('unknown-node', `there is no node "${port.node}"`, hint)
  }
  if (checked.off.has(port.node) || checked.bypassed.has(port.node))
    return note(
      'disabled-node',
      `${port.node} takes no part in a run: it is disabled, or cut off`,
      'Enable it, or name another.',
    )
  return { port, prepared }
}

type Wrong = (message: string, hint: string) => null

function putSpot(
  at: string,
  put: Put,
  { port, prepared }: Found,
  edges: readonly PipelineEdge[],
  wrong: Wrong,
): PutSpot | null {
  const { node, port: name } = port
  const kind = prepared.definition?.kind
  if (kind === 'sink')
    return wrong(`rows cannot be put in at ${node}: a test opens no sink`, 'Put them in at a node before it.')
  if (kind === 'source') {
    if (name) return wrong(`${node} is a source: it has no input "${name}"`, `Write "${node}".`)
    return { at, node, isSource: true, input: '', put }
  }
  if (put.kind !== 'rows')
    return wrong(`${node} is no source: it reads no files`, 'Put rows in: a list of { "column": value }.')
  const { inputs } = prepared
  const input = inputName(name, inputs)
  // Where edges name the inputs there are those that have edges.
  const there =
    inputs === 'any' ? edges.filter(({ to }) => to.node === node).map(({ to }) => inputName(to.port, inputs)) : inputs
  if (there === null || there.includes(input)) return { at, node, isSource: false, input, put }
  const named = there.filter((one) => one !== '')
  const meant = name && nearest(name, named)
  const list = named.length ? named.map((one) => `"${node}.${one}"`).join(', ') : `"${node}"`
  const message = name ? `${node} has no input "${name}"` : `${node} has several inputs: name one`
  return wrong(message, meant ? `Did you mean "${node}.${meant}"?` : `Write ${list}.`)
}

function expectSpot(at: string, expectation: Expectation, { port, prepared }: Found, wrong: Wrong): ExpectSpot | null {
  const { node, port: name } = port
  const spot = { at, node, port: name, enters: false, expectation }
  if (prepared.definition?.kind === 'sink') {
    if (name)
      return wrong(
        `a test opens no sink: ${node} has no "${name}"`,
        `Write "${node}" for the rows that would enter it.`,
      )
    return { ...spot, enters: true }
  }
  const { ports } = prepared
  if (ports === null || name === 'rejects' || ports.includes(name)) return spot
  const known = [...ports, 'rejects'].map((one) => `"${portText({ node, port: one })}"`)
  // Counts are a node's, whatever it lets out by.
  if (name === '' && expectation.rows === null && expectation.columns === null) return { ...spot, port: null }
  const meant = name && nearest(name, ports)
  const hint = meant ? `Did you mean "${node}.${meant}"?` : `Its outputs are ${known.join(', ')}.`
  return wrong(name ? `${node} has no output "${name}"` : `${node} has several outputs: name one`, hint)
}
