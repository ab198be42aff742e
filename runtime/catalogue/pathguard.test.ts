import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkFile } from './check.ts'
import { loadCatalogue } from './load.ts'
import { pathGuard } from './pathguard.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'headrace-guard-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const folder = join(base, 'work')
for (const path of ['work/data', 'work/sub', 'elsewhere', 'secret data'])
  mkdirSync(join(base, path), { recursive: true })
for (const file of ['work/data/a.csv', 'elsewhere/b.csv', 'secret data/c.csv'])
  writeFileSync(join(base, file), 'x\n1\n')
symlinkSync(join(base, 'elsewhere'), join(folder, 'link'))
symlinkSync(join(base, 'secret data', 'c.csv'), join(folder, 'data', 'linked.csv'))

const catalogue = await loadCatalogue()

async function outside(source: unknown, sink: string, roots: readonly string[] = []) {
  const pipeline = {
    headrace: 1,
    nodes: {
      rows: { type: 'sources/csv', config: { path: source } },
      store: { type: 'sinks/csv', config: { path: sink } },
    },
    edges: [{ from: 'rows', to: 'store' }],
  }
  const guard = pathGuard(folder, roots)
  const file = join(folder, 'sub', 'pipeline.json')
  const { problems, nodes } = await checkFile(file, { text: JSON.stringify(pipeline), catalogue, guard })
  return { found: problems.filter(({ code }) => code === 'outside'), problems, columns: nodes['rows']?.output }
}

test('what lies in the folder is read, and written', async () => {
  const { problems, columns } = await outside('../data/a.csv', '../out/a.csv')
  expect(problems).toEqual([])
  expect(columns?.fields).toHaveLength(1)
})

test.each([
  ['an absolute path', join(base, 'elsewhere', 'b.csv'), join(base, 'elsewhere')],
  ['a way up', '../../elsewhere/b.csv', join(base, 'elsewhere')],
  ['a linked folder', '../link/b.csv', join(base, 'elsewhere')],
  ['a pattern below a linked folder', '../link/*.csv', join(base, 'elsewhere')],
  ['a pattern that finds a link', '../data/*.csv', `'${join(base, 'secret data')}'`],
  ['one of several', ['../data/a.csv', '../../elsewhere/b.csv'], join(base, 'elsewhere')],
  ['a file that is not there', '/nowhere/at/all.csv', '/nowhere/at'],
])('%s that leads outside is one problem that names the flag, and nothing of it is shown', async (_, path, flag) => {
  const { found, problems, columns } = await outside(path, 'out.csv')
  expect(found).toHaveLength(1)
  expect(problems).toHaveLength(1)
  expect(found[0]?.hint).toContain(`--data ${flag}`)
  expect(found[0]?.place).toMatchObject({ node: 'rows', setting: expect.stringMatching(/^path/) })
  expect(columns).toBeNull()
})

test('a root may be read, links resolved, and not written', async () => {
  const root = join(base, 'elsewhere')
  expect((await outside('../link/b.csv', 'out.csv', [root])).found).toEqual([])
  const { found } = await outside('../link/b.csv', '../link/out.csv', [root])
  expect(found).toMatchObject([
    { place: { node: 'store', setting: 'path' }, message: expect.stringContaining('--data') },
  ])
})
