import { describe, expect, test } from 'vitest'
import { editText, fixesFor, type Problem } from '../../runtime/pipeline/index.ts'
import { checkText, csv, models, none, textOf, types } from './scene.ts'

/** A pipeline with a problem, and the titles of the fixes that are offered, in order. */
export type Scene = readonly [
  code: string,
  nodes: Record<string, object>,
  edges: readonly string[],
  titles: readonly string[],
]

export const chain = (...ids: string[]) => ids.slice(1).map((id, i) => `${ids[i]} -> ${id}`)
export const line = chain('orders', 'mid', 'out')
export const between = (one: object, source = csv('orders.csv')) => ({ orders: source, mid: one, out: none })
export const to = (sink: object) => ({ orders: csv('orders.csv'), out: sink })
export const sinkCsv = (config: object) => ({ type: 'sinks/csv', config })
export const embed = (config: object) =>
  between({ type: 'models/embed', config: { model: `${models}/all-minilm-l6-v2`, column: 'name', ...config } })
export const onnx = (config: object) => {
  const model = `${models}/classical/tfidf-logistic-regression-banking.onnx`
  return between({ type: 'models/onnx', config: { model, ...config } })
}

const isSame = ({ code, place }: Problem, other: Problem) =>
  code === other.code &&
  place.node === other.place.node &&
  place.setting === other.place.setting &&
  place.column === other.place.column

/** Applies every fix of each scene and checks again with the real nodes: the problem is gone. */
export function testFixes(scenes: readonly Scene[]): void {
  describe('every fix mends its problem, seen by checking again', () => {
    test.each(scenes.map((scene, i) => [`${i} ${scene[0]} ${scene[3][0] ?? ''}`, scene] as const))(
      '%s',
      async (_, [code, nodes, edges, titles]) => {
        const text = textOf(nodes, edges)
        const { pipeline, answer } = await checkText(text)
        expect(answer.problems.map((one) => one.code)).toContain(code)
        const problem = answer.problems.find((one) => one.code === code) as Problem
        const fixes = fixesFor(problem, pipeline, answer, { types })
        expect(fixes.map(({ title }) => title)).toEqual(titles)
        for (const fix of fixes.filter(({ choose }) => !choose)) {
          const after = await checkText(editText(text, pipeline, fix.change(pipeline)))
          const left = after.answer.problems.filter((one) => isSame(one, problem))
          expect([fix.title, left]).toEqual([fix.title, []])
        }
      },
    )
  })
}
