import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from './command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headrace-own-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const command = (...args: string[]) => run(args, { cwd: folder, env: { HEADRACE_NODES: '' } })
const plain = (text: string) => text.replaceAll('\n', ' ')

/** A pipeline from a CSV through nodes of these types to a CSV. */
function pipeline(...types: string[]): void {
  const nodes: Record<string, unknown> = { in: { type: 'sources/csv', config: { path: 'in.csv' } } }
  types.forEach((type, i) => {
    nodes[`n${i}`] = { type, config: type.includes('vat') ? { column: 'price', rate: 0.5 } : {} }
  })
  nodes['out'] = { type: 'sinks/csv', config: { path: 'out.csv', ifExists: 'replace' } }
  const ids = Object.keys(nodes)
  const edges = ids.slice(1).map((to, i) => ({ from: ids[i], to }))
  write('p.json', JSON.stringify({ headrace: 1, nodes, edges }, null, 2))
  write('in.csv', 'id,price\n1,10\n2,-1\n3,\n')
}

const rates = `export const rate: number = 2\n`
const twice = `import { transform, Type, types, columnOf, valueAt } from '@headrace/runtime/sdk'
import { rate } from './rates.ts'
export default transform({
  title: 'Twice', description: 'Doubles.', config: Type.Object({}), examples: [],
  columns: ({ input }) => [...input.fields, { name: 'twice', type: types.float64 }],
  async *run({ input, scope }) {
    for await (const batch of input) {
      const values = Array.from({ length: batch.rows }, (_, row) => Number(valueAt(batch.column(0), row)) * rate)
      yield batch.with([[{ name: 'twice', type: types.float64 }, columnOf(scope, types.float64, values)]])
    }
  },
})
`

describe('headrace nodes', () => {
  test.for(['transform', 'source', 'sink', 'model'])(
    'new writes a %s that keeps every promise, is listed and explained, and never writes over anything',
    async (kind) => {
      expect(await command('nodes', 'new', './nodes/mine', '--kind', kind)).toMatchObject({ code: 0 })
      const tested = await command('nodes', 'test', './nodes/mine', '--json')
      expect(JSON.parse(tested.stdout)).toMatchObject({ ok: true, kind })
      expect((await command('nodes')).stdout).toMatch(/^\.\/nodes\/mine +\w/m)
      expect((await command('nodes', './nodes/mine')).stdout).toMatch(/It is code of yours, in .*mine\.ts/)
      expect((await command('nodes', '--schema')).stdout).toContain('"const": "./nodes/mine"')
      const before = readFileSync(join(folder, 'nodes/mine.ts'), 'utf8')
      expect(await command('nodes', 'new', './nodes/mine')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is there already; nothing was written'),
      })
      expect(readFileSync(join(folder, 'nodes/mine.ts'), 'utf8')).toBe(before)
    },
  )

  test('new stays in the folder unless it is told otherwise', async () => {
    mkdirSync(join(folder, 'inner'))
    const inside = { cwd: join(folder, 'inner') }
    const refused = await run(['nodes', 'new', '../nodes/mine'], inside)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--outside') })
    expect(existsSync(join(folder, 'nodes'))).toBe(false)
    expect(await run(['nodes', 'new', '../nodes/mine', '--outside'], inside)).toMatchObject({ code: 0 })
  })

  test('test names the promise that is broken and the line that threw', async () => {
    await command('nodes', 'new', './nodes/mine')
    const text = readFileSync(join(folder, 'nodes/mine.ts'), 'utf8')
    write('nodes/mine.ts', text.replace('Number(price) * (1 + rate)', '(null as unknown as string[]).length'))
    const { code, stdout } = await command('nodes', 'test', './nodes/mine')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /✗ A price, none, and one that cannot be: gives the rows.*\n {4}.*null.*\n {4}at nodes\/mine\.ts:\d+/,
    )
    expect(stdout).toMatch(/✓ says what it is/)
  })
})

describe('a node beside its pipeline', () => {
  test('runs in every thread, with what it imports by path, also from a folder above', async () => {
    await command('nodes', 'new', './nodes/vat')
    write('shared/twice.ts', twice)
    write('shared/rates.ts', rates)
    pipeline('./nodes/vat', './shared/twice')
    const { code, stderr } = await command('run', 'p.json', '--workers', '2')
    expect(code, stderr).toBe(3) // the negative price is rejected
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe('id,price,gross,twice\n1,10,15,2\n3,,,6\n')
    write('deep/p.json', readFileSync(join(folder, 'p.json'), 'utf8').replaceAll('"./', '"../'))
    write('deep/in.csv', 'id,price\n1,10\n')
    expect(await command('run', 'deep/p.json')).toMatchObject({ code: 0 })
  })

  test('a model of one’s own runs in its worker', async () => {
    await command('nodes', 'new', './nodes/score', '--kind', 'model')
    write('in.csv', 'text\ngood day\nbad bad\n')
    const nodes = {
      in: { type: 'sources/csv', config: { path: 'in.csv' } },
      score: { type: './nodes/score', config: { column: 'text', weights: { good: 1, bad: -1 } } },
      out: { type: 'sinks/csv', config: { path: 'out.csv' } },
    }
    const edges = [
      { from: 'in', to: 'score' },
      { from: 'score', to: 'out' },
    ]
    write('p.json', JSON.stringify({ headrace: 1, nodes, edges }))
    expect(await command('run', 'p.json')).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe('text,score\ngood day,1\nbad bad,-2\n')
  })

  test.for([
    ['an enum', `const a = 1\nexport enum Colour { red }\n`, 'nodes/x.ts:2:8', "TypeScript's enum is not allowed"],
    ['a syntax error', `const a = 1\nconst b: = 2\n`, 'nodes/x.ts:2:10', 'Unexpected token'],
    [
      'a name declared twice',
      `const a = 1\nexport const b: number = 2\nconst a = 3\n`,
      'nodes/x.ts:3:7',
      'already been declared',
    ],
    ['a throw', `const a = 1\nthrow new Error('boom')\n`, 'nodes/x.ts:2:7', 'it throws when it is loaded: boom'],
    ['no default export', `export const a = 1\n`, 'nodes/x.ts', 'it has no default export'],
    [
      'another kind of export',
      `export const a = 1\nexport default { kind: 'teapot' }\n`,
      'nodes/x.ts:2:1',
      'no kind of node',
    ],
    ['a missing file', `import { a } from './none.ts'\nexport default a\n`, 'nodes/x.ts:1:22', 'which is not there'],
    [
      'a missing package',
      `import a from 'left-pad-of-nobody'\nexport default a\n`,
      'nodes/x.ts:1:16',
      'which is not installed',
    ],
    [
      'another contract',
      `export const contract = 99\n${twice.replace("import { rate } from './rates.ts'", 'const rate = 2')}`,
      'nodes/x.ts:4:1',
      'contract 99',
    ],
    [
      'a function that is missing',
      twice.replace("import { rate } from './rates.ts'", '').replace(/async \*run[\s\S]*\n {2}\},\n/, ''),
      'nodes/x.ts:3:1',
      '"run" must be a function',
    ],
  ] as const)('%s is one problem under its type, with the line', async ([, text, place, says]) => {
    write('nodes/x.ts', text)
    pipeline('./nodes/x')
    const { code, stderr, stdout } = await command('check', 'p.json', '--json')
    expect(code, stderr).toBe(2)
    const { problems } = JSON.parse(stdout) as { problems: { message: string; place: object }[] }
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toContain(place)
    expect(plain(problems[0]?.message ?? '')).toContain(says)
    expect(problems[0]?.place).toMatchObject({ node: 'n0', file: expect.stringMatching(/p\.json$/), line: 11 })
  })

  test('an exception in a run names the line of the node’s file, in the log too', async () => {
    write('nodes/twice.ts', twice.replace('* rate', '* rate.nothing.there'))
    write('nodes/rates.ts', 'export const rate: any = 2\n')
    pipeline('./nodes/twice')
    const { code, stderr } = await command('run', 'p.json')
    expect(code).toBe(1)
    expect(stderr).toMatch(/n0.*nodes\/twice\.ts:8:\d+/)
  })

  test('whose code changed, or that of what it imports, is refused by resume, by name', async () => {
    write('nodes/twice.ts', twice.replace('* rate', '* rate.nothing.there'))
    write('nodes/rates.ts', 'export const rate: any = 2\n')
    pipeline('./nodes/twice')
    await command('run', 'p.json')
    write('nodes/rates.ts', 'export const rate: any = { nothing: { there: 2 } }\n')
    expect(await command('resume', 'p.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the code of n0 (./nodes/twice) was another'),
    })
    write('nodes/rates.ts', 'export const rate: any = 2\n')
    expect((await command('resume', 'p.json')).stderr).toMatch(/nodes\/twice\.ts:8/)
  })

  test('that is misspelled is asked for by its nearest name', async () => {
    await command('nodes', 'new', './nodes/vat')
    pipeline('./nodes/vatt')
    expect((await command('check', 'p.json')).stderr).toContain('Did you mean "./nodes/vat"?')
    pipeline('nodes/vat')
    expect((await command('check', 'p.json')).stderr).toContain('Did you mean "./nodes/vat"?')
    pipeline('./nodes/vat.ts')
    expect((await command('check', 'p.json')).stderr).toContain('Write "./nodes/vat".')
  })
})

describe('a library of the project', () => {
  const library = (ending: string, type = 'transforms/acme-twice') => {
    write('node_modules/acme-nodes/package.json', '{"name":"acme-nodes","type":"module","headrace":{"contract":1}}')
    const text = twice.replace("import { rate } from './rates.ts'", 'const rate = 2')
    write(`node_modules/acme-nodes/${type}${ending}`, text)
    write('package.json', '{"name":"mine","headrace":{"nodes":["acme-nodes"]}}')
  }

  test('is named by the nearest package.json above the pipeline, and its JavaScript runs', async () => {
    library('.js')
    pipeline('transforms/acme-twice')
    write('deep/er/p.json', readFileSync(join(folder, 'p.json'), 'utf8'))
    write('deep/er/in.csv', 'id,price\n4,1\n')
    expect(await command('run', 'deep/er/p.json')).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'deep/er/out.csv'), 'utf8')).toBe('id,price,twice\n4,1,8\n')
    expect((await command('nodes')).stdout).toContain('transforms/acme-twice')
  })

  test('in TypeScript is refused where it is installed, and runs where it is linked', async () => {
    library('.ts')
    pipeline('transforms/acme-twice')
    expect((await command('check', 'p.json')).stderr).toContain('publish .js files')
    write('acme/package.json', '{"name":"acme-nodes","type":"module"}')
    write(
      'acme/transforms/acme-twice.ts',
      readFileSync(join(folder, 'node_modules/acme-nodes/transforms/acme-twice.ts'), 'utf8'),
    )
    rmSync(join(folder, 'node_modules/acme-nodes'), { recursive: true })
    symlinkSync(join(folder, 'acme'), join(folder, 'node_modules/acme-nodes'))
    expect(await command('run', 'p.json')).toMatchObject({ code: 0 })
  })

  test('that is not installed, or brings a type that is there already, is one clear problem', async () => {
    library('.js', 'transforms/filter')
    pipeline()
    expect((await command('check', 'p.json')).stderr).toMatch(
      /transforms\/filter is in two libraries: .*nodes.*acme-nodes/,
    )
    write('package.json', '{"name":"mine","headrace":{"nodes":["nobodys-nodes"]}}')
    expect((await command('check', 'p.json')).stderr).toMatch(
      /the node library nobodys-nodes is not installed.*package\.json/,
    )
  })
})
