import { expect, test } from 'vitest'
import { parsePipeline } from '../document.ts'
import { type GivenParam, plainValues, resolveParams } from './resolve.ts'

const run = { id: 'r', date: '2026-11-25' }

function resolve(params: object, given: readonly GivenParam[] = [], environment: Record<string, string> = {}) {
  const { pipeline, problems, positions } = parsePipeline(
    JSON.stringify({ headrace: 1, params, nodes: {} }, null, 1),
    'p.json',
  )
  const resolved = resolveParams({ pipeline: pipeline ?? {}, positions, given, environment, run })
  const found = [...problems, ...resolved.problems]
  return {
    values: plainValues(resolved.values),
    problems: found.map(({ message, hint, place }) => [message, hint, place.line]),
  }
}

const flag = (text: string): GivenParam => {
  const [name = '', value = ''] = text.split('=')
  return { name, value, by: `--param ${text}` }
}

test('what is given goes before the environment, and that before the default; the last one given wins', () => {
  const params = { day: { type: 'date', default: '2026-01-01' }, 'min-total': { type: 'int64', default: 1 } }
  expect(resolve(params).values).toEqual({ day: '2026-01-01', 'min-total': 1 })
  const environment = { HEADRACE_PARAM_DAY: '2026-02-02', HEADRACE_PARAM_MIN_TOTAL: '5' }
  expect(resolve(params, [], environment).values).toEqual({ day: '2026-02-02', 'min-total': 5 })
  const given = [flag('day=2026-03-03'), flag('day=2026-04-04')]
  expect(resolve(params, given, environment)).toEqual({ values: { day: '2026-04-04', 'min-total': 5 }, problems: [] })
})

test('every type reads its values, from JSON and from texts', () => {
  const params = {
    a: { type: 'text' },
    b: { type: 'integer' },
    c: { type: 'number' },
    d: { type: 'boolean' },
    e: { type: 'date' },
    f: { type: 'timestamp' },
    g: { type: 'int64', default: '9007199254740993' },
    h: { type: 'date', default: '${run.date}' },
  }
  const given = ['a=1', 'b=-2', 'c=1e3', 'd=true', 'e=2024-02-29', 'f=2024-01-01T00:00:00+01:00'].map(flag)
  expect(resolve(params, given)).toEqual({
    values: {
      a: '1',
      b: -2,
      c: 1000,
      d: true,
      e: '2024-02-29',
      f: '2024-01-01T00:00:00+01:00',
      g: '9007199254740993',
      h: '2026-11-25',
    },
    problems: [],
  })
})

test.each([
  ['day=yesterday', '--param day=yesterday: the text "yesterday" is no date', 'Write it like 2026-11-24.'],
  ['day=2026-02-30', '--param day=2026-02-30: the text "2026-02-30" is no date', 'Write it like 2026-11-24.'],
  ['dya=1', '--param dya=1: there is no parameter "dya"', 'Did you mean "day"?'],
])('--param %s is one problem that names it', (text, message, hint) => {
  expect(resolve({ day: { type: 'date', default: '2026-01-01' } }, [flag(text)]).problems).toEqual([
    [message, hint, undefined],
  ])
})

test('what is declared wrongly is a problem at its line', () => {
  const { problems } = resolve({
    a: { type: 'dat' },
    b: { type: 'date', default: 'soon' },
    c: { secret: 'TOKEN' },
    d: { type: 'string', default: { secret: 'TOKEN' } },
    e: { type: 'string' },
    f: 3,
  })
  expect(problems.map(([message, , line]) => `${line} ${message}`)).toEqual([
    '5 params.a: "dat" is no type of a parameter',
    "11 params.c: the secret TOKEN cannot be a parameter: parameters are written into the run's folder and its report",
    '23 params.f: expected an object, found the number 3',
    '9 params.b.default: the text "soon" is no date',
    "16 params.d.default: the secret TOKEN cannot be a parameter: parameters are written into the run's folder and its report",
    '20 the parameter "e" has no value',
  ])
})
