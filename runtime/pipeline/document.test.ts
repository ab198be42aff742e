import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePipeline } from './document.ts'
import { formatPipeline } from './format.ts'
import { lineOf } from './positions.ts'

const sample = `{
  "headrace": 1,
  "name": "emoji-search",
  "nodes": {
    "emoji": { "type": "sources/csv", "config": { "path": "emoji.csv" } },
    "text": { "type": "transforms/derive", "config": { "columns": { "text": "name + \\": \\" + keywords" } } },
    "vectors": { "type": "models/embed", "config": { "model": "../models/all-minilm-l6-v2", "column": "text" } },
    "store": { "type": "sinks/lancedb", "config": { "path": "out/emoji.lance", "table": "emoji", "key": "id" } }
  },
  "edges": [
    { "from": "emoji", "to": "text" },
    { "from": "text", "to": "vectors" },
    { "from": "vectors", "to": "store" }
  ],
  "layout": { "emoji": [0, 0], "text": [240, 0], "vectors": [480, 0], "store": [720, 0] }
}
`

/** Code, line and position of every problem, and the first message. */
function problemsOf(text: string) {
  const { problems, pipeline } = parsePipeline(text, 'p.json')
  const list = problems.map(({ code, place }) => `${code} ${place.line}:${place.position}`)
  return { list, message: problems[0]?.message, hint: problems[0]?.hint, pipeline, problems }
}

test('a right file is read without problems, with its edges taken apart', () => {
  const { pipeline, problems, positions } = parsePipeline(sample.replace('"from": "text"', '"from": "text.rejects"'))
  expect(problems).toEqual([])
  expect(pipeline?.edges[1]).toEqual({ from: { node: 'text', port: 'rejects' }, to: { node: 'vectors', port: '' } })
  expect(Object.keys(pipeline?.nodes ?? {})).toEqual(['emoji', 'text', 'vectors', 'store'])
  expect(pipeline?.layout?.['text']).toEqual([240, 0])
  expect(lineOf(positions, ['nodes', 'vectors', 'config', 'column'])).toEqual({ line: 7, position: 103 })
  expect(lineOf(positions, ['edges', 2, 'to']).line).toBe(13)
})

test('a byte order mark is passed over and does not shift positions', () => {
  expect(problemsOf(`\ufeff${sample}`).list).toEqual([])
  expect(problemsOf('\ufeff{"headrace": 1, "nodes": {}, "x": 1}').list).toEqual(['unknown-key 1:30'])
})

test.each([
  ['', 'invalid-json 1:1', 'the file is empty'],
  ['{"headrace": 1,\n "nodes": {},}', 'invalid-json 2:14', 'a comma stands before }'],
  ['{"headrace": 1 // one\n}', 'invalid-json 1:16', 'comments are not allowed'],
  ["{'headrace': 1}", 'invalid-json 1:2', 'invalid JSON'],
  ['{"headrace": 1', 'invalid-json 1:15', 'a } is missing'],
  ['{"headrace": 1}\n{}', 'invalid-json 2:1', 'the end of the file is expected'],
  ['{"headrace": 01}', 'invalid-json 1:15', 'a comma is expected'],
  ['{"name": "a\nb"}', 'invalid-json 1:10', 'a text is not closed'],
  ['['.repeat(100_000), 'invalid-json 1:201', 'more than 200 levels'],
])('%# text that is no JSON is one problem with its line and position', (text, at, message) => {
  const found = problemsOf(text)
  expect(found.list).toEqual([at])
  expect(found.message).toContain(message)
  expect(found.pipeline).toBeNull()
})

test('a duplicate key names the line of the first one', () => {
  const found = problemsOf('{"headrace": 1, "nodes": {\n"a": {"type": "sources/csv"},\n"a": {"type": "sinks/csv"}}}')
  expect(found.list).toEqual(['duplicate-key 3:1'])
  expect(found.message).toBe('the key "a" stands twice in one object, first in line 2')
  expect(found.pipeline?.nodes['a']?.type).toBe('sources/csv')
})

test('keys that reach into prototypes are refused wherever they stand, and change nothing', () => {
  const text = `{"headrace": 1, "nodes": {"a": {"type": "x/y", "config": {"__proto__": {"polluted": 1},
    "columns": [{"constructor": 1, "prototype": 2}]}}}, "__proto__": {"polluted": 1}}`
  const found = problemsOf(text)
  expect(found.problems.map(({ code }) => code)).toEqual(Array(4).fill('forbidden-key'))
  expect(found.pipeline?.nodes['a']?.config).toEqual({ columns: [{}] })
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('an unknown key suggests the nearest', () => {
  const found = problemsOf(
    '{"headrace": 1, "ndoes": {}, "nodes": {"a": {"tpye": "sources/csv", "type": "sources/csv"}}}',
  )
  expect(found.list).toEqual(['unknown-key 1:17', 'unknown-key 1:46'])
  expect(found.problems.map(({ hint }) => hint)).toEqual(['Did you mean "nodes"?', 'Did you mean "type"?'])
})

test('a newer version, a missing one and a wrong one are told apart', () => {
  expect(problemsOf('{"headrace": 2, "nodes": {}}')).toMatchObject({ list: ['newer-version 1:14'], pipeline: null })
  expect(problemsOf('{"nodes": {}}').list).toEqual(['missing-version 1:1'])
  expect(problemsOf('{"headrace": "1", "nodes": {}}').list).toEqual(['wrong-version 1:14'])
  expect(problemsOf('[]')).toMatchObject({ list: ['wrong-shape 1:1'], pipeline: null })
})

test('wrong shapes, ids and edges are all found at once', () => {
  const { problems } = problemsOf(`{"headrace": 1, "name": 5,
    "settings": {"errorLimit": "110%", "deadLetters": -1, "memory": "1 potato", "workers": 0},
    "nodes": {
      "My Node": {"type": "sources/csv"},
      "b": {"config": []},
      "c": 7
    },
    "edges": [{"from": "b"}, "b -> c", {"from": "b.", "to": "c.d.e"}, {"from": "b", "to": "c", "why": 1}],
    "layout": {"b": [1], "c": [1, 2]}}`)
  const lines = problems.map(({ code, message, place }) => `${place.line} ${code}: ${message}`)
  expect(lines.sort()).toEqual([
    '1 wrong-shape: name: expected a text, found the number 5',
    '2 wrong-shape: settings.deadLetters: the number -1 is not a whole number from 0',
    '2 wrong-shape: settings.errorLimit: the text "110%" is not a count of rows like 500, or a share like "10%"',
    '2 wrong-shape: settings.memory: the text "1 potato" is not a megabyte or more: bytes, or a text like "512MB" or "1GiB"',
    '2 wrong-shape: settings.workers: the number 0 is not a whole number from 1 to 1024',
    '4 bad-node-id: "My Node" cannot be a node\'s id',
    '5 wrong-shape: nodes.b has no type',
    '5 wrong-shape: nodes.b.config: expected an object, found a list',
    '6 wrong-shape: nodes.c: expected an object, found the number 7',
    '8 bad-edge: edge 1: "to" is missing',
    '8 bad-edge: edge 2: expected an object, found the text "b -> c"',
    '8 bad-edge: edge 3: "from" is the text "b."',
    '8 bad-edge: edge 3: "to" is the text "c.d.e"',
    '8 unknown-key: unknown key "why" in edges[3]',
    '9 wrong-shape: layout.b: expected two numbers, found a list',
  ])
})

test('numbers that JavaScript cannot keep are problems', () => {
  const found = problemsOf(
    '{"headrace": 1, "nodes": {"n": {"type": "a/b", "config": {"a": 9007199254740993, "b": 1e999, "c": 1.5}}}}',
  )
  expect(found.list).toEqual(['number-range 1:64', 'number-range 1:87'])
  expect(found.message).toContain('would be rounded to 9007199254740992')
})

test('the design sample is formatted byte for byte as it stands', () => {
  expect(formatPipeline(parsePipeline(sample).pipeline!)).toBe(sample)
})

test('what is too wide for a line is broken, an edge stays a line', () => {
  const wide = {
    headrace: 1 as const,
    settings: {},
    edges: [],
    nodes: {
      a: {
        type: 'transforms/derive',
        config: {
          columns: Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`column ${i}`, 'x + y'.repeat(3)])),
        },
      },
    },
  }
  const text = formatPipeline(wide)
  expect(text).toContain('\n    "a": {\n      "type": "transforms/derive",\n      "config": {\n        "columns": {\n')
  expect(text).toContain('\n  "edges": []\n}\n')
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
})

const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !/__proto__|constructor|prototype/.test(JSON.stringify(value)))

test('any text gives problems or a pipeline, never an exception, and strict JSON is what JSON.parse takes', () => {
  const mutated = fc
    .tuple(fc.nat(sample.length), fc.nat(4), fc.string({ maxLength: 4 }))
    .map(([at, gone, put]) => sample.slice(0, at) + put + sample.slice(at + gone))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), mutated, fc.string({ unit: 'binary' })), (text) => {
      const { pipeline, problems } = parsePipeline(text)
      expect(pipeline !== null || problems.length > 0).toBe(true)
      for (const { place } of problems) expect(place.line).toBeGreaterThan(0)
      const body = text.startsWith('\ufeff') ? text.slice(1) : text
      expect(problems.some(({ code }) => code === 'invalid-json')).toBe(!parses(body))
    }),
    { numRuns: 300 },
  )
})

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test('a formatted pipeline reads back as it was, and formats to the same text', () => {
  const config = fc.dictionary(name, json, { maxKeys: 4 })
  const node = fc.record(
    { type: fc.constant('transforms/filter'), config, title: fc.string() },
    { requiredKeys: ['type', 'config'] },
  )
  const pipelines = fc.dictionary(name, node, { minKeys: 1, maxKeys: 6 }).chain((nodes) => {
    const port = fc.record({ node: fc.constantFrom(...Object.keys(nodes)), port: fc.constantFrom('', 'rejects') })
    return fc.record({
      headrace: fc.constant(1 as const),
      settings: fc.constant({}),
      nodes: fc.constant(nodes),
      edges: fc.array(fc.record({ from: port, to: port })),
    })
  })
  fc.assert(
    fc.property(pipelines, (pipeline) => {
      // JSON has one zero and no undefined.
      const plain = JSON.parse(JSON.stringify(pipeline)) as typeof pipeline
      const text = formatPipeline(plain as never)
      const { pipeline: back, problems } = parsePipeline(text)
      expect(problems.filter(({ code }) => code !== 'number-range')).toEqual([])
      expect(back).toEqual(plain)
      expect(formatPipeline(back!)).toBe(text)
    }),
    { numRuns: 60 },
  )
})

test('a time zone that is no text is a problem of its own, and no part of the schedule', () => {
  const { pipeline, problems } = parsePipeline(
    '{"headrace": 1, "nodes": {}, "settings": {"schedule": {"cron": "0 2 * * *", "timeZone": {}, "new": 1}}}',
  )
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('settings.schedule.timeZone'),
    expect.stringContaining('settings.schedule.new'),
  ])
  expect(pipeline?.settings.schedule).toEqual({ cron: '0 2 * * *' })
})
