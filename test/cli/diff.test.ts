import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Workplace } from '../engine/workplace.ts'
import { headrace, run } from './command.ts'

// `headrace diff` as a reviewer calls it: real files, real processes, the columns of real data.

const base = {
  headrace: 1,
  name: 'shop',
  nodes: {
    orders: { type: 'sources/csv', config: { path: 'orders.csv' } },
    net: { type: 'transforms/derive', config: { columns: { net: 'round(total / 1.19, 2)' } } },
    large: { type: 'transforms/filter', config: { where: 'net > 40.0' } },
    store: { type: 'sinks/ndjson', config: { path: 'out/a.ndjson', ifExists: 'replace' } },
  },
  edges: [
    { from: 'orders', to: 'net' },
    { from: 'net', to: 'large' },
    { from: 'large', to: 'store' },
  ],
  layout: { orders: [0, 0], net: [200, 0] },
}

type Draft = { [key: string]: Draft & string }
type Change = (pipeline: Draft) => void

function versions(change: Change, before: Change = () => {}) {
  const place = new Workplace()
  place.write('orders.csv', 'id,total\n1,119.5\n2,11.5\n')
  const write = (name: string, edit: Change) => {
    const copy = structuredClone(base) as unknown as Draft
    edit(copy)
    return place.write(name, JSON.stringify(copy, null, 2))
  }
  return { place, old: write('old.json', before), now: write('pipeline.json', change) }
}

const told = async (change: Change, before?: Change): Promise<string> => {
  const { old, now } = versions(change, before)
  const { code, stdout, stderr } = await run(['diff', old, now])
  expect(code, stderr).toBe(0)
  return stdout
}

test('a setting is told with its old and its new value, and what is to be run again from where', async () => {
  expect(
    await told(({ nodes }) => Object.assign(nodes?.['large']?.['config'] ?? {}, { where: 'net > 50.0' })),
  ).toBe(`## pipeline.json

**To be run again: all rows from \`large\` on.** Other rows: \`large\`, \`store\`. The same: \`orders\`, \`net\`.

- \`headrace run --new\` asks for \`--accept\`, or for a full run: large changed
- an unfinished run of the old version cannot go on

### Nodes

- \`large\` (transforms/filter)
  - \`where\`: \`net > 40.0\` → \`net > 50.0\`
`)
})

test('columns that appear, vanish or change their type are told with their edges', async () => {
  const text = await told(({ nodes }) =>
    Object.assign(nodes?.['net']?.['config'] ?? {}, { columns: { net: 'int(total)', tax: 'total * 0.19' } }),
  )
  expect(text).toContain('- `net`: float64 → int64 on `net → large`')
  expect(text).toContain('- `tax` (float64) appears on `net → large`')
  const back = await told(
    () => {},
    ({ nodes }) =>
      Object.assign(nodes?.['net']?.['config'] ?? {}, { columns: { net: 'round(total / 1.19, 2)', tax: 'total' } }),
  )
  expect(back).toContain('- `tax` (float64) vanishes from `net → large`, `large → store`')
})

test('layout, names and notes are one line, and nothing is to be run again', async () => {
  const text = await told((pipeline) =>
    Object.assign(pipeline, { name: 'shop 2', layout: { orders: [5, 5] }, notes: { a: { text: 'x', at: [0, 0] } } }),
  )
  expect(text).toBe(`## pipeline.json

**To be run again: nothing.** The rows, and where they are stored, stay the same.

Drawn or told otherwise: name, layout, notes.
`)
})

test('a renamed node is told as renamed, with its edges, and its rows are the same', async () => {
  const text = await told((pipeline) => {
    const { net, ...nodes } = pipeline['nodes'] as Draft
    Object.assign(pipeline, {
      nodes: { ...nodes, amounts: net },
      edges: [
        { from: 'orders', to: 'amounts' },
        { from: 'amounts', to: 'large' },
        { from: 'large', to: 'store' },
      ],
      layout: { orders: [0, 0], amounts: [200, 0] },
    })
  })
  expect(text).toContain('**To be run again: nothing.**')
  expect(text).toContain('- `amounts` (transforms/derive): renamed from `net`')
  expect(text).not.toContain('### Edges')
  expect(text).not.toContain('layout')
})

test('only the sink changed: the rows that come there are the same', async () => {
  const text = await told(({ nodes }) => Object.assign(nodes?.['store']?.['config'] ?? {}, { path: 'out/b.ndjson' }))
  expect(text).toContain('**To be run again: only what is stored, by `store`.**')
})

test('nodes and edges that come and go, what is disabled, secrets by their names, long texts line by line', async () => {
  const long = (last: string) => `${'name + ": " + '.repeat(9)}\n${last}`
  const text = await told(
    (pipeline) => {
      const { large: _large, ...nodes } = pipeline['nodes'] as Draft
      Object.assign(pipeline, {
        nodes: {
          ...nodes,
          tidy: { type: 'transforms/clean', config: { columns: ['id'] } },
          off: { type: 'transforms/filter', config: { where: 'true' }, disabled: true },
        },
        edges: [
          { from: 'orders', to: 'net' },
          { from: 'net', to: 'tidy' },
          { from: 'tidy', to: 'store' },
          { from: 'net', to: 'off' },
        ],
      })
      Object.assign((pipeline['nodes'] as Draft)['store']?.['config'] ?? {}, { path: { secret: 'PLACE_B' } })
      Object.assign((pipeline['nodes'] as Draft)['net']?.['config'] ?? {}, { columns: { net: long('x') } })
    },
    (pipeline) => {
      const nodes = pipeline['nodes'] as Draft
      Object.assign(nodes, { off: { type: 'transforms/filter', config: { where: 'true' } } })
      Object.assign(nodes['store']?.['config'] ?? {}, { path: { secret: 'PLACE_A' } })
      Object.assign(nodes['net']?.['config'] ?? {}, { columns: { net: long('y') } })
    },
  )
  expect(text).toContain('- added `tidy` (transforms/clean): columns `["id"]`')
  expect(text).toContain('- removed `large` (transforms/filter)')
  expect(text).toContain('- `off` (transforms/filter): disabled')
  expect(text).toContain('`path`: `secret PLACE_A` → `secret PLACE_B`')
  expect(text).toMatch(/- `columns.net`:\n {4}```diff\n {4} name .*\n {4}-y\n {4}\+x\n {4}```/)
  expect(text).toContain('- added `net → tidy`')
  expect(text).toContain('- removed `large → store`')
})

test('parameters and settings of the run are told, and a default that a node names makes other rows', async () => {
  const withParam =
    (value: number): Change =>
    (pipeline) => {
      Object.assign(pipeline, { params: { least: { type: 'float64', default: value } } })
      Object.assign((pipeline['nodes'] as Draft)['large']?.['config'] ?? {}, { where: 'net > param.least' })
    }
  const text = await told((pipeline) => {
    withParam(50)(pipeline)
    Object.assign(pipeline, { settings: { errorLimit: '10%' } })
  }, withParam(40))
  expect(text).toContain('### Parameters\n\n- `least.default`: `40` → `50`')
  expect(text).toContain('### Settings of the run\n\n- `errorLimit`: set to `"10%"`')
  expect(text).toContain('all rows from `large` on')
})

test('without the data the columns are not known, and the message says why', async () => {
  const { place, old, now } = versions(({ nodes }) =>
    Object.assign(nodes?.['large']?.['config'] ?? {}, { where: 'net > 50.0' }),
  )
  execFileSync('rm', [place.path('orders.csv')])
  const { code, stdout } = await run(['diff', old, now])
  expect(code).toBe(0)
  expect(stdout).toMatch(/not known on `orders → net`, `net → large`, `large → store` in either version: .*orders\.csv/)
})

test('the older version may come from a pipe; its paths are those of the pipeline in its folder', () => {
  const { now } = versions(({ nodes }) =>
    Object.assign(nodes?.['net']?.['config'] ?? {}, { columns: { net: 'total' } }),
  )
  const script = `${headrace} diff <(sed 's/"total"/"total * 2.0"/; s/shop/store/' '${now}') '${now}' --exit-code`
  const { status, stdout } = spawnSync('bash', ['-c', script], {
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  expect(stdout).toContain('`columns.net`: `total * 2.0` → `total`')
  expect(stdout).not.toContain('not known')
  expect(status).toBe(1)
})

test('exit codes: 0 the same or described, 1 with --exit-code where there is a difference, 2 what is no pipeline', async () => {
  const { place, old, now } = versions((pipeline) => Object.assign(pipeline, { name: 'other' }))
  expect(await run(['diff', now, now, '--exit-code'])).toMatchObject({
    code: 0,
    stdout: '## pipeline.json: no differences\n',
  })
  expect((await run(['diff', old, now])).code).toBe(0)
  expect((await run(['diff', old, now, '--exit-code'])).code).toBe(1)
  expect(await run(['diff', place.write('bad.json', '{'), now])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bad.json:1'),
  })
  expect(await run(['diff', place.path('none.json'), now])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no such pipeline file'),
  })
  const json = JSON.parse((await run(['diff', old, now, '--json'])).stdout) as object
  expect(json).toMatchObject({ added: [], changed: [], drawing: ['name'], again: { nodes: [], resumes: true } })
})
