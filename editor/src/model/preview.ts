import type { PreviewAnswer, PreviewQuestion } from '@headrace/runtime/api'
import type { Pipeline } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import { api, Refused } from '../api/client.ts'
import { client } from '../api/socket.ts'
import { useDocument } from './document.ts'
import { nodeType } from './library.ts'
import { useLive } from './live.ts'
import { paramsAsked, useParams } from './params.ts'
import { feeders, previewTargets, signature } from './reach.ts'
import { chooseRows } from './rowschoice.ts'
import { select, useSelection } from './selection.ts'
import { show } from './view.ts'

/** A sample of the sources' first rows on its way through the graph, without a run. */
export interface Preview {
  readonly state: 'idle' | 'working' | 'answer' | 'failed'
  /** What it is doing, or why it failed: a sentence. */
  readonly says: string
  readonly hint: string | undefined
  /** The latest counts and rows; stays while the next are on their way. */
  readonly answer: PreviewAnswer | null
  /** What each node's counts were made from; others are out of date. */
  readonly madeFrom: { readonly [node: string]: string }
}

const idle: Preview = { state: 'idle', says: '', hint: undefined, answer: null, madeFrom: {} }

export const usePreview = create<Preview>(() => idle)

/** The counts of a node: `318 of 1,203 rows`. */
export const useNodePreview = (id: string | null): PreviewAnswer['nodes'][string] | undefined =>
  usePreview(({ answer }) => (id === null ? undefined : answer?.nodes[id]))

const says = {
  counting: 'Counting the first rows',
  running: (node: string) => `Running the first rows up to ${node}`,
  away: 'The server does not answer.',
  awayHint: 'The rows are counted again when it is back.',
}

/** Milliseconds without a change before rows are counted again. */
const pause = 200

const previewsAtOnce = 6
/** Models that have seen their rows already: the server keeps the answers, so going through them again is quick. */
const warm = new Set<string>()
let asking: AbortController | null = null
let asked = false
let again = false
let timer = 0

/** Runs the sample up to a node, through models too, and shows its rows. */
export async function runToHere(node: string): Promise<void> {
  const { pipeline } = useDocument.getState()
  if (!pipeline?.nodes[node]) return
  if (useSelection.getState().nodes[0] !== node) select({ nodes: [node] })
  show({ drawerOpen: true, tab: 'rows' })
  chooseRows('preview')
  clearTimeout(timer)
  asked = true
  await askFor([node], says.running(node))
  asked = false
  if (again) later()
}

/** Counts rows by itself after each change, as far as that is cheap; gives what ends it. */
export function followDocument(): () => void {
  const ends = [
    useDocument.subscribe((now, before) => {
      if (now.id !== before.id) stop()
      if (now.checked !== before.checked && now.checked) later()
    }),
    // Other values, other rows: nothing of what was counted is true any more.
    useParams.subscribe(() => usePreview.setState(idle)),
    useLive.subscribe(({ run }, before) => {
      if (before.run?.status === 'running' && run?.status !== 'running') later()
    }),
  ]
  later()
  return () => {
    for (const end of ends) end()
    stop()
  }
}

function stop(): void {
  clearTimeout(timer)
  asking?.abort()
  asking = null
  again = false
  usePreview.setState(idle)
}

function later(): void {
  clearTimeout(timer)
  timer = window.setTimeout(count, pause)
}

function count(): void {
  const { pipeline, checked } = useDocument.getState()
  again = asked
  if (!pipeline || !checked || asked || useLive.getState().run?.status === 'running') return
  const broken = brokenNodes()
  const targets = previewTargets(pipeline, { broken, slow: (id) => isSlow(pipeline, id) })
  const chosen = useSelection.getState().nodes[0]
  if (targets?.length === 0) {
    keep(pipeline, [])
    return
  }
  const first = targets && [...targets].sort((a, b) => Number(b === chosen) - Number(a === chosen))
  void askFor(first ? first.slice(0, previewsAtOnce) : [null], says.counting)
}

/** Nodes that have errors. */
const brokenNodes = (): ReadonlySet<string> =>
  new Set(
    useDocument
      .getState()
      .checked?.problems.flatMap(({ severity, place: { node } }) => (severity === 'error' && node ? [node] : [])),
  )

const isModel = (pipeline: Pipeline, id: string): boolean => {
  const node = pipeline.nodes[id]
  return node !== undefined && !node.disabled && nodeType(node.type)?.kind === 'model'
}

const isSlow = (pipeline: Pipeline, id: string): boolean => isModel(pipeline, id) && !warm.has(signature(pipeline, id))

/** Asks for one preview after the other, the newest question wins. */
async function askFor(targets: readonly (string | null)[], doing: string): Promise<void> {
  const { id, text, pipeline } = useDocument.getState()
  if (id === null || !pipeline) return
  asking?.abort()
  const control = new AbortController()
  asking = control
  usePreview.setState({ state: 'working', says: doing, hint: undefined })
  try {
    const answers: PreviewAnswer[] = []
    for (const node of targets) {
      const question: PreviewQuestion = { pipeline: id, text, node, client, ...paramsAsked() }
      answers.push(await api.post<PreviewAnswer>('preview', question, control.signal))
      if (asking !== control) return
    }
    keep(pipeline, answers)
  } catch (error) {
    if (asking !== control) return
    const refused = error instanceof Refused
    usePreview.setState({
      state: 'failed',
      says: refused ? error.message : says.away,
      hint: refused ? error.hint : says.awayHint,
    })
  } finally {
    if (asking === control) asking = null
  }
}

/** Puts new answers over what is still true of the old one. */
function keep(pipeline: Pipeline, answers: readonly PreviewAnswer[]): void {
  const { answer: old, madeFrom: oldFrom } = usePreview.getState()
  const fresh = new Set(answers.flatMap(({ nodes }) => Object.keys(nodes)))
  const signed = Object.fromEntries([...fresh].map((id) => [id, signature(pipeline, id)]))
  for (const id of fresh) if (isModel(pipeline, id)) warm.add(signed[id] as string)
  // A file that went away breaks its source and all behind it without an edit.
  const broken = brokenNodes()
  const isSound = (id: string) => broken.size === 0 || ![...feeders(pipeline, id)].some((one) => broken.has(one))
  const still = (id: string) =>
    !fresh.has(id) && id in pipeline.nodes && oldFrom[id] === signature(pipeline, id) && isSound(id)
  const kept = old && part(old, still)
  const parts = kept ? [kept, ...answers] : answers
  const madeFrom = { ...Object.fromEntries(Object.entries(oldFrom).filter(([id]) => still(id))), ...signed }
  const answer = merged(parts)
  usePreview.setState({ state: answer ? 'answer' : 'idle', says: '', hint: undefined, answer, madeFrom })
}

/** What an answer says of some nodes. */
function part(answer: PreviewAnswer, of: (id: string) => boolean): PreviewAnswer | null {
  const nodes = Object.fromEntries(Object.entries(answer.nodes).filter(([id]) => of(id)))
  if (Object.keys(nodes).length === 0) return null
  const fromOf = (key: string) => key.split(' → ')[0]?.split('.')[0] ?? ''
  const edges = Object.fromEntries(Object.entries(answer.edges).filter(([key]) => of(fromOf(key))))
  const rows = answer.rejected.rows.filter(({ node }) => of(node))
  return { ...answer, problems: [], nodes, edges, rejected: { total: rows.length, rows } }
}

function merged(answers: readonly PreviewAnswer[]): PreviewAnswer | null {
  const [first, ...more] = answers
  if (!first) return null
  return more.reduce((all, one) => {
    const known = new Set(all.rejected.rows.map(({ node, identity, code }) => `${node} ${identity} ${code}`))
    const rows = [
      ...all.rejected.rows,
      ...one.rejected.rows.filter(({ node, identity, code }) => !known.has(`${node} ${identity} ${code}`)),
    ]
    return {
      problems: [...all.problems, ...one.problems],
      nodes: { ...all.nodes, ...one.nodes },
      edges: { ...all.edges, ...one.edges },
      rejected: {
        total: Math.max(all.rejected.total, one.rejected.total, rows.length),
        rows: rows.map((row, index) => ({ ...row, index })),
      },
      complete: all.complete && one.complete,
      seconds: all.seconds + one.seconds,
    }
  }, first)
}
