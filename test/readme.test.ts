import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TransformNode } from '@headrace/runtime/sdk'
import { runNode } from '@headrace/runtime/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Clone, root } from './documents/clone.ts'
import { missingLines, type Step, stepsOf } from './documents/markdown.ts'
import { generated, withGenerated } from './documents/reference.ts'

const readme = readFileSync(join(root, 'README.md'), 'utf8')

describe('what the README says to do, in a copy of a clone', () => {
  let clone: Clone
  beforeAll(() => {
    clone = new Clone()
  })
  afterAll(() => clone.remove())

  const steps = stepsOf(readme).map((step): [string, Step] => [
    `line ${step.line}: ${step.kind === 'file' ? `save ${step.path}` : step.command}`,
    step,
  ])
  test.each(steps)('%s', (_, step) => clone.take(step), 300_000)

  test('the demo stores every emoji of the file, and a sad cat is found first', async () => {
    const lines = readFileSync(join(root, 'examples/emoji-search/emoji.csv'), 'utf8').trim().split('\n')
    const count = (lines.length - 1).toLocaleString('en-US')
    const demo = clone.printed.find(({ command }) => command === 'npm run demo')
    expect(demo?.output).toContain(`${count} in = ${count} stored, 0 rejected · row counts match`)
    const search = clone.printed.find(({ command }) => command.includes('"sad cat"'))
    expect(search?.output).toMatch(/^0\.\d+ {2}id: 1F63F {2}emoji: 😿/)
  })

  test('the picture shows what the demo and the search print', () => {
    const picture = readFileSync(join(root, 'runtime/docs/run.svg'), 'utf8')
    const drawn = [...picture.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text = '']) =>
      text
        .replace(/<[^>]+>/g, '')
        .replaceAll('&amp;', '&')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>'),
    )
    const printed = clone.printed.slice(0, 2).map(({ output }) => output)
    // What the model runs on is the machine's affair; of the rows found, the first is the same everywhere.
    const first = drawn.findIndex((line) => /^\d\.\d{3} /.test(line))
    const lines = drawn.slice(0, first + 1).filter((line) => line.trim() && !/^\$ |model\.int8\.onnx on/.test(line))
    expect(lines.length).toBe(8)
    expect(missingLines(lines.join('\n'), printed.join('\n'))).toEqual([])
  })

  test('the ten lines of the README print a run that a terminal starts', async () => {
    const command = "node my-pipelines/watch.mjs 'http://127.0.0.1:PORT/?token=TOKEN'"
    expect(readme).toContain(`\`${command}\``)
    // With a model: a run of a few rows alone may be over before it is looked at.
    const done = /^orders done \{ in: 5, stored: 3, filtered: 1, rejected: 1 \}/m
    const output = await clone.beside(command, 'sleep 3; headrace run my-pipelines/orders.json', done)
    expect(output).toMatch(/^orders running/m)
    expect(output).toMatch(done)
    expect(output).toMatch(/^\d+ ms: orders → large \d+ rows/m)
  })

  test('the node that the README writes does what its own examples say', async () => {
    const file = join(clone.folder, 'my-pipelines/nodes/transforms/pseudonym.ts')
    const { default: node } = (await import(file)) as { default: TransformNode }
    for (const { config, input = [], rows = [], output, rejected } of node.examples) {
      const ran = await runNode(node, config, { fields: input, rows, batchRows: 2 })
      expect(ran.rows).toEqual(output)
      expect(ran.rejected.length).toBe(rejected)
    }
    const wrong = await runNode(node, { column: 'nme', salt: '' }, { fields: [], rows: [] })
    expect(wrong.problems.map(({ place }) => place.setting)).toEqual(['column'])
  })
})

test('the references of nodes are as the catalogue says', () => {
  for (const [file, part] of Object.entries(generated())) {
    const document = readFileSync(join(root, file), 'utf8')
    const command = 'node_modules/.bin/node test/documents/reference.ts'
    expect(withGenerated(document, part) === document, `${file} is out of date; write it anew: ${command}`).toBe(true)
  }
})

test.each(['README.md', 'nodes/README.md', 'CHANGELOG.md', 'runtime/docs/expressions.md', 'runtime/docs/nightly.md'])(
  'every link in %s leads to something',
  (file) => {
    const links = [...readFileSync(join(root, file), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
    const dead = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(link, file))
    expect(dead).toEqual([])
  },
)

function leadsSomewhere(link: string, from: string): boolean {
  const [path = '', anchor] = link.split('#')
  const file = path ? join(root, dirname(from), path) : join(root, from)
  if (!existsSync(file)) return false
  if (anchor === undefined) return true
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return headings.includes(anchor)
}

test('the scripts and packages that the README names exist', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, object>
  const { scripts = {}, ...top } = read('package.json')
  for (const [, script = ''] of readme.matchAll(/npm run (?:-s )?([a-z:]+)/g))
    expect(Object.keys(scripts)).toContain(script)
  const parts = [top, ...['runtime', 'nodes', 'editor', 'test'].map((folder) => read(`${folder}/package.json`))]
  const installed = parts.flatMap((part) => Object.keys({ ...part['dependencies'], ...part['devDependencies'] }))
  const table = readme.slice(readme.indexOf('| package |'), readme.indexOf('## The nodes'))
  const named = table
    .split('\n')
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  expect(named.filter((name) => !installed.includes(name as string))).toEqual([])
  const ours = installed.filter((name) => !name.startsWith('@headrace/') && !name.startsWith('@types/'))
  // The second half of a package that is named.
  const halves = ['@duckdb/node-bindings', 'hyparquet-compressors', 'react-dom']
  expect(ours.filter((name) => !named.includes(name) && !halves.includes(name))).toEqual([])
})

test('the README keeps to the words of its readers', () => {
  const prose = readme.replace(/```.*?```/gs, '').replace(/`[^`]*`/g, '')
  expect(prose.match(/\b(lanes?|ledgers?|books?|splits?)\b/gi)).toBeNull()
})
