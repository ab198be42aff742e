import { expect, test } from 'vitest'
import { editTests, parseTests, testFileOf } from './index.ts'

const file = (tests: unknown[]) => JSON.stringify({ 'headrace-test': 1, tests }, null, 2)
const problemsOf = (text: string) =>
  parseTests(text, 'p.test.json').problems.map(
    ({ code, message, hint, place }) => `${place.line} ${code}: ${message} ${hint}`,
  )

test('the tests of pipeline.json stand in pipeline.test.json beside it', () => {
  expect(testFileOf('a/pipeline.json')).toBe('a/pipeline.test.json')
})

test('a list of rows is the short form of rows, columns, counts and how they are compared', () => {
  const { file: read, problems } = parseTests(
    file([
      {
        name: 'a',
        put: {
          in: [{ n: 1 }],
          other: { columns: { n: 'int32' }, rows: [] },
          third: { files: { 'a.csv': 'n\n1\n' } },
          fourth: { read: true },
        },
        expect: { out: [{ n: 2 }], 'out.rejects': { rows: [], filtered: 2, anyOrder: true } },
        tolerance: 0.5,
      },
    ]),
  )
  expect(problems).toEqual([])
  const [one] = read?.tests ?? []
  expect(Object.values(one?.put ?? {}).map(({ kind }) => kind)).toEqual(['rows', 'rows', 'files', 'read'])
  expect(one?.expect['out']).toMatchObject({ rows: [{ n: 2 }], anyOrder: false, tolerance: 0.5, counts: {} })
  expect(one?.expect['out.rejects']).toMatchObject({
    rows: [],
    anyOrder: true,
    tolerance: 0.5,
    counts: { filtered: 2 },
  })
})

test('what is wrong with the file is said with its line', () => {
  const text = `{
  "headrace-test": 1,
  "tests": [
    { "name": "a", "putt": {}, "expect": { "x": 3 } },
    { "name": "a", "put": { "x": { "rows": [1], "columns": { "n": 5 } } }, "expect": {} },
    { "put": { "x": { "rows": [], "read": true } }, "expect": { "x": { "filtered": -1, "tolerance": "much" } }, "now": "soon" }
  ]
}`
  expect(problemsOf(text)).toEqual([
    '4 unknown-key: unknown key "putt" in tests[0] Did you mean "put"?',
    expect.stringContaining('4 wrong-shape: tests[0].expect.x: the number 3 cannot be expected'),
    expect.stringContaining('5 no-expectation: a expects nothing'),
    expect.stringContaining('5 wrong-shape: tests[1].put.x.columns.n: expected a text'),
    expect.stringContaining('5 wrong-shape: tests[1].put.x.rows[0]: a row is an object, found the number 1'),
    expect.stringContaining('6 no-name'),
    expect.stringContaining('6 wrong-value: tests[2].now: "soon" is no time'),
    expect.stringContaining(
      '6 wrong-shape: tests[2].put.x: one of rows, files and read is expected, and it has rows and read',
    ),
    expect.stringContaining('6 wrong-value: tests[2].expect.x.filtered'),
    expect.stringContaining('6 wrong-value: tests[2].expect.x.tolerance'),
    expect.stringContaining('5 duplicate-name: two tests are called "a"'),
  ])
  expect(problemsOf('[]')[0]).toMatch(/expected an object/)
  expect(problemsOf('{"headrace-test": 2, "tests": []}')[0]).toMatch(/wrong-version/)
  expect(problemsOf('{"headrace-test": 1, "tests": [')[0]).toMatch(/invalid-json/)
  expect(
    parseTests('{"headrace-test": 1, "tests": [{ "name": "n", "expect": {"a": [{"id": 12345678901234567890}]}}]}')
      .problems[0]?.code,
  ).toBe('number-range')
})

test('an added test leaves the lines of the others as they are, and its rows have a line each', () => {
  const text = '{\n  "headrace-test": 1,\n  "tests": [\n    {"name":   "mine",\n "expect": { "a": [] } }\n  ]\n}\n'
  const added = { name: 'new', put: { a: [{ n: 1 }, { n: 2 }] }, expect: { b: { rows: [{ n: 3 }], filtered: 1 } } }
  const next = editTests(text, (tests) => [...tests, added])
  expect(next).toBe(`{
  "headrace-test": 1,
  "tests": [
    {"name":   "mine",
 "expect": { "a": [] } },
    {
      "name": "new",
      "put": {
        "a": [
          { "n": 1 },
          { "n": 2 }
        ]
      },
      "expect": {
        "b": {
          "rows": [
            { "n": 3 }
          ],
          "filtered": 1
        }
      }
    }
  ]
}
`)
  expect(editTests('', () => [added])).toMatch(/^\{\n {2}"headrace-test": 1,\n {2}"tests": \[\n {4}\{\n/)
  expect(editTests(next as string, (tests) => tests)).toBe(next)
  expect(editTests('{"tests": 5}', (tests) => tests)).toBe(null)
})
