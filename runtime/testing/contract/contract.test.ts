import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Example, type NodeDefinition, type TransformNode, transform } from '../../sdk/node.ts'
import model from '../../sdk/templates/model.ts'
import sink from '../../sdk/templates/sink.ts'
import source from '../../sdk/templates/source.ts'
import template from '../../sdk/templates/transform.ts'
import { promisesOf } from './index.ts'

const scratch = mkdtempSync(join(tmpdir(), 'promises-'))
afterAll(() => rmSync(scratch, { recursive: true }))
const workplace = { folder: scratch, fresh: () => mkdtempSync(join(scratch, 'run-')) }

describe.for([template, model, source, sink] as unknown as NodeDefinition[])('the template for a $kind', (node) => {
  test.for(promisesOf(node, workplace))('$name', ({ check }) => check())
})

/** The promises that a node breaks. */
async function broken(change: Partial<TransformNode>): Promise<string[]> {
  const promises = promisesOf({ ...transform(template as unknown as TransformNode), ...change }, workplace)
  const outcomes = await Promise.all(
    promises.map(({ name, check }) =>
      check().then(
        () => [],
        () => [name.replace(/^.*: /, '')],
      ),
    ),
  )
  return outcomes.flat()
}

const [first] = template.examples as [Example]

test('what a node breaks is named', async () => {
  expect(await broken({})).toEqual([])
  expect(await broken({ description: 'no sentence' })).toEqual(['a title, a sentence, an example'])
  expect(await broken({ examples: [{ ...first, output: [] }] })).toEqual([
    'gives the rows, columns and rejects that it shows',
  ])
  expect(await broken({ examples: [{ ...first, rejected: 0 }] })).toEqual([
    'gives the rows, columns and rejects that it shows',
  ])
  const losesRows: Partial<TransformNode> = {
    async *run({ input }) {
      for await (const batch of input) if (batch.rows > 1e6) yield batch
    },
  }
  expect(await broken(losesRows)).toContain('gives the same however its rows are cut into batches')
})

test('a node that looks at its batches, not its rows, is found out', async () => {
  const counting: Partial<TransformNode> = {
    async *run(context) {
      let batches = 0
      for await (const batch of context.input) if (++batches < 3) yield batch
    },
    columns: ({ input }) => input.fields,
    examples: [{ ...first, output: first.rows ?? [], rejected: 0 }],
  }
  expect(await broken(counting)).toContain('gives the same however its rows are cut into batches')
})
