import type { ProbeCache } from '../catalogue/cache.ts'
import { type Checked, checkFile } from '../catalogue/check.ts'
import type { Catalogue } from '../catalogue/load.ts'
import { dayOf, type ParamOptions } from '../catalogue/params.ts'
import type { PathGuard } from '../catalogue/pathguard.ts'
import { parsePipeline } from '../pipeline/document.ts'
import { formatPipeline } from '../pipeline/format.ts'
import { inputName } from '../pipeline/graph.ts'
import type { Pipeline, PipelineEdge } from '../pipeline/model.ts'
import { noRunId } from '../pipeline/params/resolve.ts'
import { placeOf } from '../pipeline/places.ts'
import { type Positions, placeAt } from '../pipeline/positions.ts'
import type { Problem } from '../pipeline/problem.ts'
import type { PipelineTest } from '../pipeline/tests/index.ts'
import { stops } from '../preview/order.ts'
import type { NodeDefinition } from '../sdk/node.ts'
import { typedRows } from './columns.ts'
import { type Wants, wantsOf } from './expected.ts'
import { folderOf, givingRows, readingIn, type TestFolder, taking } from './given.ts'
import { type Notes, notesIn } from './notes.ts'
import { type Scene, sceneOf, takingType } from './scene.ts'
import { type ExpectSpot, type PutSpot, spotsOf } from './spots.ts'

/** A pipeline under test, and what its tests share. */
export interface Subject {
  /** The pipeline's file, and its text as it is tested. */
  readonly file: string
  readonly text: string
  readonly catalogue: Catalogue
  readonly cache: ProbeCache
  readonly signal: AbortSignal
  /** Folders outside of which nothing is looked at. */
  readonly guard?: PathGuard
  /** The pipeline checked as a whole, with a test's settings and parameters: once for the same. */
  readonly whole: (test: PipelineTest, positions: Positions) => Promise<Checked>
}

/** A test that can be played, or what is wrong with it. */
export interface PreparedTest {
  readonly test: PipelineTest
  readonly problems: readonly Problem[]
  /** Null where a problem is an error. */
  readonly play: { readonly scene: Checked; readonly wants: readonly Wants[]; readonly now: number } | null
  /** Removes what was written for it. */
  readonly remove: () => void
}

/** Makes what tests of a pipeline share. */
export function subjectOf(given: Omit<Subject, 'whole'>, checked?: Checked): Subject {
  const known = new Map<string, Promise<Checked>>()
  if (checked) known.set(keyOf([], {}, null), Promise.resolve(checked))
  const { file, text, ...looking } = given
  return {
    ...given,
    whole: (test, positions) => {
      const set = settingsOf(test)
      const key = keyOf(set, test.params, test.now)
      const checked = known.get(key) ?? checkFile(file, { ...looking, text, set, ...valuesOf(test, positions) })
      known.set(key, checked)
      return checked
    },
  }
}

const keyOf = (...asked: [set: readonly string[], params: PipelineTest['params'], now: string | null]): string =>
  JSON.stringify(asked)

/** The settings of a test as `--set` takes them, of some nodes or of all. */
const settingsOf = ({ set }: PipelineTest, of?: { readonly [node: string]: unknown }): string[] =>
  Object.entries(set)
    .filter(([setting]) => !of || Object.hasOwn(of, setting.split('.')[0] ?? ''))
    .map(([setting, value]) => `${setting}=${JSON.stringify(value)}`)

/** A test's parameters; the environment says nothing in a test. */
const valuesOf = ({ params, now, path }: PipelineTest, positions: Positions): ParamOptions => ({
  params: Object.entries(params).map(([name, value]) => {
    return { name, value, by: '', place: placeAt(positions, [...path, 'params', name]) }
  }),
  environment: {},
  ...(now !== null && { run: { id: noRunId, date: dayOf(new Date(now)) } }),
})

/** Finds what a test names, gives its rows their types and checks the part of the pipeline that it plays. */
export async function prepareTest(test: PipelineTest, subject: Subject, positions: Positions): Promise<PreparedTest> {
  const notes = notesIn(positions)
  const { pipeline } = parsePipeline(subject.text)
  const whole = await subject.whole(test, positions)
  const failed = (): PreparedTest => ({ test, problems: notes.problems, play: null, remove: () => {} })
  if (!pipeline) return { ...failed(), problems: whole.problems }
  notes.problems.push(...whole.problems.filter(({ place }) => place.file === positions.file))
  noteSettings(test, whole, notes)
  const { puts, expects } = spotsOf(test, whole, notes)
  if (notes.problems.length) return failed()
  const scene = sceneIn(pipeline, puts, expects, whole)
  noteBare(scene, test, notes)
  const stage = stageOf(scene, whole, subject.catalogue, notes)
  if (hasErrors(notes.problems)) return { ...failed(), remove: stage.remove }
  const checked = await checkFile(subject.file, {
    text: formatPipeline(scene.pipeline),
    catalogue: stage.catalogue,
    cache: subject.cache,
    signal: subject.signal,
    ...(subject.guard && { guard: subject.guard }),
    set: settingsOf(test, scene.pipeline.nodes),
    ...valuesOf(test, positions),
  })
  const where = parsePipeline(subject.text, subject.file).positions
  const found = checked.problems
    .filter(stops)
    .filter(({ place }) => place.file !== positions.file)
    .map((problem) => inFile(problem, where, pipeline))
  const wants = expects.flatMap((spot) => wantsOf(spot, checked, notes) ?? [])
  const problems = [...notes.problems, ...found]
  const now = test.now === null ? Date.now() : Date.parse(test.now)
  return { test, problems, play: hasErrors(problems) ? null : { scene: checked, wants, now }, remove: stage.remove }
}

const hasErrors = (problems: readonly Problem[]): boolean => problems.some(({ severity }) => severity === 'error')

function sceneIn(pipeline: Pipeline, puts: readonly PutSpot[], expects: readonly ExpectSpot[], whole: Checked): Scene {
  const inputOf = ({ to }: PipelineEdge) => inputName(to.port, whole.prepared.get(to.node)?.inputs ?? [''])
  const isSource = (id: string) => whole.prepared.get(id)?.definition?.kind === 'source'
  return sceneOf(pipeline, puts, expects, inputOf, isSource)
}

/** A setting that the pipeline does not have is wrong in the test, at its line. */
function noteSettings({ set, path }: PipelineTest, { problems }: Checked, notes: Notes): void {
  for (const setting of Object.keys(set)) {
    const start = `--set ${setting}=`
    const found = problems.find(({ message }) => message.startsWith(start))
    if (!found) continue
    const { code, hint } = found
    const message = `"${setting}": ${found.message.slice(found.message.indexOf(': ', start.length) + 2)}`
    notes.key([...path, 'set'], setting, { code, message, ...(hint && { hint }) })
  }
}

function noteBare({ bare, idle }: Scene, { name, path }: PipelineTest, notes: Notes): void {
  for (const id of bare) {
    const message = `test "${name}": nothing is put in at ${id}, whose rows lead to what is expected`
    const hint = `Put rows in: "${id}": [ … ], or let it read its own files: "${id}": { "read": true }.`
    notes.at([...path, 'put'], { code: 'nothing-put-in', message, hint })
  }
  for (const { at } of idle) {
    const message = `test "${name}": what is put in at ${at} leads to nothing that is expected`
    notes.key([...path, 'put'], at, {
      code: 'unused-rows',
      message,
      hint: 'Expect something behind it, or leave it out.',
    })
  }
}

/** The catalogue with what a test puts in as types of its own. */
function stageOf({ given }: Scene, whole: Checked, catalogue: Catalogue, notes: Notes) {
  const own = new Map<string, NodeDefinition>([[takingType, taking]])
  const folders: TestFolder[] = []
  for (const [type, spot] of given) {
    const { put, node } = spot
    const definition = whole.prepared.get(node)?.definition
    if (put.kind === 'rows') {
      const typed = typedRows(spot, whole, notes)
      if (typed) own.set(type, givingRows(typed.fields, typed.values, typed.rows))
    } else if (put.kind === 'files' && definition) {
      const folder = folderOf(put.files)
      const hint = "Write the paths as the source's setting has them, relative to the pipeline's file."
      if (!folder)
        notes.at(put.path, { code: 'wrong-path', message: 'a path leads out of the test, or cannot be a file', hint })
      else {
        folders.push(folder)
        own.set(type, readingIn(definition, folder.path))
      }
    } else if (definition) own.set(type, definition)
  }
  const load = async (type: string) => own.get(type) ?? (await catalogue.load(type))
  const remove = () => {
    for (const folder of folders) folder.remove()
  }
  return { catalogue: { ...catalogue, types: [...catalogue.types, ...own.keys()], load }, remove }
}

/** A problem of the scene's pipeline at its place in the real one. */
function inFile({ place, ...problem }: Problem, positions: Positions, { nodes }: Pipeline): Problem {
  const { node, setting, span, file: _file, line: _line, position: _position, ...more } = place
  if (node === undefined || !Object.hasOwn(nodes, node)) return { ...problem, place: {} }
  return { ...problem, place: { ...more, ...placeOf(positions, node, setting, span) } }
}
