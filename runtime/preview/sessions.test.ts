import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { CheckedNode } from '../pipeline/check.ts'
import { model, Type } from '../sdk/index.ts'
import { Sessions } from './sessions.ts'

/** Model nodes a, b and c whose sessions say when they are opened and closed. */
function nodes() {
  const log: string[] = []
  const failing = { open: false }
  const definition = model({
    title: 'Loud',
    description: 'Says what happens to it.',
    config: Type.Object({ name: Type.String() }),
    examples: [],
    columns: ({ input }) => input.fields,
    resource: {
      key: ({ config }) => config.name,
      open: async ({ config }) => {
        if (failing.open) throw new Error('no such model')
        log.push(`open ${config.name}`)
        return {
          limits: { rows: 1, cost: 1 },
          about: config.name,
          infer: async () => [],
          close: async () => void log.push(`close ${config.name}`),
        }
      },
    },
    async *run({ input }) {
      yield* input
    },
  })
  const node = (name: string) =>
    ({ id: name, type: 'models/loud', definition, config: { name }, probe: null }) as unknown as CheckedNode
  return { log, failing, node }
}

test('a session is opened once, taken by one at a time, and closed when it is idle', async () => {
  const { log, node } = nodes()
  const sessions = new Sessions({ idle: 40 })
  let inside = 0
  const use = () =>
    sessions.with(node('a'), '/', async () => {
      expect(++inside).toBe(1)
      await setTimeout(5)
      inside--
    })
  await Promise.all([use(), use(), use()])
  expect(log).toEqual(['open a'])
  await expect.poll(() => log).toEqual(['open a', 'close a'])
  await use()
  expect(log).toEqual(['open a', 'close a', 'open a'])
  await sessions.close()
  expect(log.at(-1)).toBe('close a')
})

test('the longest unused one makes room for another, one in use does not', async () => {
  const { log, node } = nodes()
  const sessions = new Sessions({ most: 2 })
  await sessions.with(node('a'), '/', async () => {})
  await setTimeout(5)
  await sessions.with(node('b'), '/', async () => {
    await sessions.with(node('c'), '/', async () => {})
  })
  expect(new Set(log)).toEqual(new Set(['open a', 'open b', 'open c', 'close a']))
  await sessions.close()
})

test('what could not be opened is tried again', async () => {
  const { log, failing, node } = nodes()
  const sessions = new Sessions()
  failing.open = true
  await expect(sessions.with(node('a'), '/', async () => {})).rejects.toThrow('no such model')
  failing.open = false
  await sessions.with(node('a'), '/', async () => {})
  expect(log).toEqual(['open a'])
  await sessions.close()
})
