import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkFile, loadCatalogue } from '@headrace/runtime'
import { formatPipeline, parsePipeline, pipelineSchema } from '@headrace/runtime/pipeline'
import { pathGuard } from '../../../runtime/catalogue/pathguard.ts'
import { givenParams } from '../../../runtime/cli/params.ts'
import { editText } from '../../../runtime/pipeline/edit/text.ts'
import { planPipeline } from '../../../runtime/plan/plan.ts'
import { checkTests } from '../../../runtime/tests/find.ts'
import { endingOf, mustBeClear, refusedBy } from '../engine/judge.ts'
import { Finding, type Target } from '../engine/target.ts'
import { nodeNames } from './nodenames.ts'

/** Files that the pipelines name. */
function writeFiles(folder: string): void {
  mkdirSync(join(folder, 'data'), { recursive: true })
  writeFileSync(join(folder, 'data', 'a.csv'), 'id,name,at\n1,a,2024-01-02\n2,b,2024-01-03\n')
  writeFileSync(join(folder, 'data', 'b.ndjson'), '{"id":1,"tags":["x"],"a":{"b":1}}\n')
  writeFileSync(join(folder, '.env'), 'KEY=abc\n')
}

const whole = {
  headrace: 1,
  name: 'whole',
  description: 'All there is',
  params: { day: { type: 'date', default: '2026-11-24', description: 'x' }, n: { type: 'int', default: 3 } },
  settings: {
    errorLimit: '10%',
    deadLetters: 5,
    memory: '512MB',
    workers: 2,
    schedule: { cron: '0 2 * * *', timeZone: 'Europe/Berlin' },
  },
  nodes: {
    rows: {
      type: 'sources/csv',
      config: { path: 'data/a.csv', types: { id: 'int64' }, pin: { id: 'int64', name: 'string', at: 'date' } },
    },
    more: { type: 'sources/ndjson', config: { path: 'data/*.ndjson' } },
    keep: {
      type: 'transforms/filter',
      config: { where: 'id > 1 && name != param.day' },
      title: 'Keep',
      note: 'n',
      disabled: false,
    },
    facts: { type: 'transforms/derive', config: { columns: { twice: 'id * 2', x: 'param.n + 1' } } },
    ways: { type: 'transforms/route', config: { routes: { a: 'id == 1' } } },
    both: { type: 'transforms/join', config: { keys: ['id'] } },
    query: { type: 'transforms/sql', config: { query: 'SELECT id, count(*) AS n FROM input GROUP BY id' } },
    store: { type: 'sinks/csv', config: { path: 'out/a.csv', ifExists: 'replace' } },
    none: { type: 'sinks/none', config: {} },
  },
  edges: [
    { from: 'rows', to: 'keep' },
    { from: 'keep', to: 'facts' },
    { from: 'facts', to: 'ways' },
    { from: 'ways.a', to: 'both.left' },
    { from: 'more', to: 'both.right' },
    { from: 'both', to: 'query' },
    { from: 'query', to: 'store' },
    { from: 'rows.rejects', to: 'none' },
  ],
  layout: { rows: [0, 0], keep: [240, 0] },
  groups: { g: { title: 'G', nodes: ['rows'] } },
  notes: { n: { text: 'hello', at: [0, 0] } },
}
const small = {
  headrace: 1,
  nodes: {
    rows: { type: 'sources/csv', config: { path: 'data/a.csv' } },
    store: { type: 'sinks/ndjson', config: { path: 'out/a.ndjson' } },
  },
  edges: [{ from: 'rows', to: 'store' }],
}

const words = [
  ...nodeNames,
  ...[
    'rows',
    'keep',
    'facts',
    'store',
    'rows.rejects',
    'both.left',
    'param.day',
    '{param.day}',
    '${day}',
    'data/a.csv',
    'data/**',
    './own',
    './own.ts',
  ],
  ...[
    'nodes',
    'edges',
    'type',
    'config',
    'from',
    'to',
    'path',
    'secret',
    'pin',
    'onDrift',
    'columns',
    'disabled',
    'layout',
    'groups',
    'notes',
    'params',
    'settings',
  ],
  ...[
    'int64',
    'list<string>',
    'decimal(38, 38)',
    'struct<a: int64>',
    'timestamp(us, UTC)',
    'float32[1000000000]',
    'id == ',
    'SELECT 1',
    '@daily',
    '* * * * *',
  ],
]

/** pipeline.json: read, checked with its files looked at, planned, formatted. */
export const pipelineTarget: Target = {
  about: 'pipeline.json: reading, the whole check, the plan, formatting',
  form: 'json',
  short: 80,
  together: 4,
  seeds: () => [JSON.stringify(whole), JSON.stringify(small), JSON.stringify(small, null, 2), '{}', '[]', ''],
  words,
  async open(folder) {
    writeFiles(folder)
    const catalogue = await loadCatalogue()
    pipelineSchema(await catalogue.loadAll())
    // As the server checks: nothing outside of the folder is looked at.
    const guard = pathGuard(realpathSync(folder), [])
    const file = join(realpathSync(folder), 'pipeline.json')
    return {
      async feed(input) {
        writeFileSync(file, input)
        const checked = await checkFile(file, { catalogue, guard })
        mustKeepItself(input.toString('utf8'))
        for (const { code, message } of checked.problems) mustBeClear(code, message)
        const errors = checked.problems.filter(({ severity }) => severity === 'error')
        if (errors.length || !checked.pipeline) return refusedBy(errors)
        try {
          planPipeline(checked, {
            folder,
            runId: 'r',
            now: 0,
            workers: null,
            cores: 2,
            memory: 1 << 29,
            limit: null,
            values: checked.values,
          })
          return 'planned'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}

/** Formatting is stable, and an edit that undoes itself leaves the text as it was. */
function mustKeepItself(text: string): void {
  const { pipeline, problems } = parsePipeline(text)
  if (!pipeline) return
  const once = formatPipeline(pipeline)
  const again = parsePipeline(once).pipeline
  if (!again || formatPipeline(again) !== once) throw new Finding('formatting what was formatted gives another text')
  if (problems.length) return
  const changed = { ...pipeline, name: 'fuzzed' }
  const edited = editText(text, pipeline, changed)
  const reread = parsePipeline(edited).pipeline
  if (!reread || formatPipeline(reread) !== formatPipeline(changed))
    throw new Finding('an edited text is read as another pipeline')
}

const tests = {
  'headrace-test': 1,
  tests: [
    {
      name: 'keeps',
      note: 'n',
      params: {},
      set: { 'keep.where': 'id > 0' },
      now: '2026-01-02T03:04:05Z',
      put: { rows: [{ id: 1, name: 'a', at: '2024-01-02' }] },
      expect: { keep: { rows: [{ id: 1 }], columns: { id: 'int64' }, filtered: 0, anyOrder: true, tolerance: 0.1 } },
    },
    {
      name: 'reads',
      put: { rows: { files: { 'a.csv': 'id,name,at\n1,b,2024-01-01\n' } } },
      expect: { store: [{ id: 1 }] },
    },
    { name: 'columns', put: { rows: { columns: { id: 'int64' }, rows: [] } }, expect: { store: { rejected: 0 } } },
  ],
}
const tested = {
  headrace: 1,
  nodes: {
    rows: { type: 'sources/csv', config: { path: 'data/a.csv' } },
    keep: { type: 'transforms/filter', config: { where: 'id > 1' } },
    store: { type: 'sinks/ndjson', config: { path: 'out/a.ndjson' } },
  },
  edges: [
    { from: 'rows', to: 'keep' },
    { from: 'keep', to: 'store' },
  ],
}

/** The file of tests beside a pipeline: read, and checked as far as before they are played. */
export const testsTarget: Target = {
  about: 'the file of tests beside a pipeline',
  form: 'json',
  short: 60,
  together: 4,
  seeds: () => [JSON.stringify(tests), JSON.stringify({ 'headrace-test': 1, tests: [] }), '{}'],
  words: [
    ...words,
    'put',
    'expect',
    'files',
    'read',
    'rows',
    'columns',
    'anyOrder',
    'tolerance',
    'filtered',
    'rejected',
    'now',
    'set',
    '../../x.csv',
  ],
  async open(folder) {
    writeFiles(folder)
    const file = join(folder, 'pipeline.json')
    writeFileSync(file, JSON.stringify(tested))
    const checked = await checkFile(file)
    return {
      async feed(input) {
        writeFileSync(join(folder, 'pipeline.test.json'), input)
        try {
          const problems = await checkTests(file, checked)
          return problems.length ? refusedBy(problems) : 'tests'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}

/** Values of parameters in a file, and their way into the settings. */
export const paramsTarget: Target = {
  about: 'files of parameters (--params)',
  form: 'json',
  short: 50,
  together: 4,
  seeds: () => ['{"day":"2026-11-24","n":4}', '{"day":null}', '{"n":"x","other":[1]}'],
  words: ['day', 'n', '2026-02-30', '9007199254740993', 'true', '1e400', '__proto__'],
  async open(folder) {
    writeFiles(folder)
    const catalogue = await loadCatalogue()
    const file = join(folder, 'pipeline.json')
    const nodes = {
      ...tested.nodes,
      keep: { type: 'transforms/filter', config: { where: 'name != string(param.day) && id > param.n' } },
    }
    writeFileSync(file, JSON.stringify({ ...tested, params: whole.params, nodes }))
    return {
      async feed(input) {
        const params = join(folder, 'params.json')
        writeFileSync(params, input)
        try {
          const { problems } = await checkFile(file, { catalogue, params: givenParams({ params: [params] }) })
          return problems.length ? refusedBy(problems) : 'fits'
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}
