import { fixesFor, removeParam, renameParam, setParam } from '@headrace/runtime/pipeline'
import { Type } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { parsePipeline } from '../../runtime/pipeline/document.ts'
import type { Pipeline } from '../../runtime/pipeline/model.ts'
import { checkText } from './scene.ts'

const schemas = {
  'transforms/filter': Type.Object({ where: Type.String({ format: 'expression' }) }),
  'sinks/csv': Type.Object({ path: Type.String({ format: 'path' }) }),
}

const pipelineOf = (nodes: object, params: object): Pipeline =>
  parsePipeline(JSON.stringify({ headrace: 1, params, nodes, edges: [] })).pipeline as Pipeline

test('a parameter is renamed wherever settings and expressions name it', () => {
  const pipeline = pipelineOf(
    {
      keep: {
        type: 'transforms/filter',
        config: { where: 'day == param.day && param["day"] > `param`.day + " param.day"' },
      },
      out: { type: 'sinks/csv', config: { path: 'param.day/${day}/$${day}/${days}.csv' } },
    },
    { day: { type: 'date' }, days: { type: 'int64' } },
  )
  const renamed = renameParam(pipeline, 'day', 'the-day', schemas)
  expect(Object.keys(renamed.params ?? {})).toEqual(['the-day', 'days'])
  expect(renamed.nodes['keep']?.config).toEqual({
    where: 'day == param["the-day"] && param["the-day"] > `param`.day + " param.day"',
  })
  expect(renamed.nodes['out']?.config).toEqual({ path: 'param.day/${the-day}/$${day}/${days}.csv' })
  expect(renameParam(pipeline, 'day', 'days', schemas)).toBe(pipeline)
})

test('parameters are added, changed and taken away', () => {
  const none = pipelineOf({}, {})
  const one = setParam(setParam(none, 'day', { type: 'date', default: '2026-01-01' }), 'day', { description: 'Which' })
  expect(one.params).toEqual({ day: { type: 'date', default: '2026-01-01', description: 'Which' } })
  expect(removeParam(one, 'day').params).toBeUndefined()
})

test.each([
  ['transforms/filter', { where: '1 < param.lest' }, 'Use param.least', { where: '1 < param.least' }],
  ['transforms/filter', { where: 'name == "${least}"' }, 'Write param.least', { where: 'name == param.least' }],
  ['sinks/csv', { path: 'out/${lest}.csv' }, 'Use ${least}', { path: 'out/${least}.csv' }],
])('in %s, %j is mended by "%s"', async (type, config, title, mended) => {
  const text = JSON.stringify({
    headrace: 1,
    params: { least: { type: 'float64', default: 1 } },
    nodes: { in: { type: 'sources/generate', config: { rows: 1, columns: { id: 'sequence' } } }, it: { type, config } },
    edges: [{ from: 'in', to: 'it' }],
  })
  const { pipeline, answer } = await checkText(text)
  const problem = answer.problems.find(({ code }) => code === 'unknown-param' || code === 'param-in-expression')
  const fix = problem && fixesFor(problem, pipeline, answer).find((one) => one.title === title)
  expect(fix?.change(pipeline).nodes['it']?.config, JSON.stringify(answer.problems)).toEqual(mended)
})
