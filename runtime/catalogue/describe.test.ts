import { expect, test } from 'vitest'
import type { Checked } from '../pipeline/check.ts'
import type { Described, DescribeQuestion } from '../pipeline/described.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import { Schema } from '../pipeline/schema.ts'
import { types } from '../pipeline/types.ts'
import { type TableNode, Type, table } from '../sdk/index.ts'
import { describeAll } from './describe.ts'

/** A node whose `describe` counts how often it is asked. */
function asked(answer: (count: number) => Promise<string>): { node: TableNode; count: () => number } {
  let count = 0
  const node = table({
    title: 'T',
    description: 'D',
    examples: [],
    config: Type.Object({}),
    describe: () => answer(++count),
    columns: () => [],
    write: () => Promise.reject(new Error('not here')),
    gather: () => Promise.reject(new Error('not here')),
    read: async function* () {},
  })
  return { node: node as TableNode, count: () => count }
}

const inputs = (name: string) => ({ '': new Schema([{ name, type: types.int64 }]) })

/** A check that lacks what it is not told, one question after the other. */
function checking(questions: readonly DescribeQuestion[], told: unknown[] = []) {
  return (described: Described): Checked => {
    told.length = 0
    const lacking = []
    for (const question of questions) {
      const answer = described(question)
      if (answer) told.push(answer)
      else lacking.push({ node: 'n', ...question })
      if (!answer) break
    }
    return { lacking } as unknown as Checked // nothing else is looked at here
  }
}

test('a node is asked once for the same settings and columns, over all checks', async () => {
  const { node, count } = asked(async (n) => `answer ${n}`)
  const question = { definition: node, config: { a: 1 }, inputs: inputs('id') }
  const told: unknown[] = []
  await describeAll(checking([question], told))
  // Equal, not the same objects: a later check makes its own.
  await describeAll(checking([{ ...question, config: { a: 1 }, inputs: inputs('id') }], told))
  expect(told).toEqual([{ described: 'answer 1' }])
  await describeAll(checking([question, { ...question, inputs: inputs('other') }], told))
  expect(told).toEqual([{ described: 'answer 1' }, { described: 'answer 2' }])
  expect(count()).toBe(2)
})

test('what is wrong with the settings is kept; a fault of the surroundings is asked again by the next check', async () => {
  const told: unknown[] = []
  const wrong = asked(() => Promise.reject(new HeadraceError('sql', 'no', { place: { setting: 'q', span: [1, 2] } })))
  const question = { definition: wrong.node, config: {}, inputs: inputs('id') }
  await describeAll(checking([question]))
  await describeAll(checking([question], told))
  expect(wrong.count()).toBe(1)
  expect(told).toEqual([{ problem: { severity: 'error', code: 'sql', message: 'no', setting: 'q', span: [1, 2] } }])

  const fault = asked((n) =>
    n === 1 ? Promise.reject(new HeadraceError('disk', 'full', { fault: true })) : Promise.resolve('fine'),
  )
  const other = { definition: fault.node, config: {}, inputs: inputs('id') }
  await describeAll(checking([other], told))
  expect(told).toMatchObject([{ problem: { code: 'disk' } }])
  await describeAll(checking([other], told))
  expect(told).toEqual([{ described: 'fine' }])
})

test('a check that asks for more answers than are kept ends all the same', async () => {
  const { node } = asked(async (n) => `${n}`)
  const questions = Array.from({ length: 600 }, (_, i) => ({ definition: node, config: { i }, inputs: inputs('id') }))
  const told: unknown[] = []
  const all = (described: Described): Checked => {
    const answers = questions.map((question) => ({ question, answer: described(question) }))
    told.splice(0, told.length, ...answers.flatMap(({ answer }) => answer ?? []))
    const lacking = answers.filter(({ answer }) => !answer).map(({ question }) => ({ node: 'n', ...question }))
    return { lacking } as unknown as Checked // nothing else is looked at here
  }
  await describeAll(all)
  expect(told).toHaveLength(600)
})
