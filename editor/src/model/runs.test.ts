import type { RunView } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { openDocument, setText, useDocument } from './document.ts'

const text = '{ "headrace": 1, "nodes": {}, "edges": [] }'
const mended = '{ "headrace": 1, "name": "mended", "nodes": {}, "edges": [] }'

test('rows are replayed under the unsaved text of the open pipeline, and under no other', async () => {
  // The socket asks for the page's address when it is made.
  Object.assign(globalThis, { location: new URL('http://127.0.0.1:1/') })
  const { draftFor } = await import('./runs.ts')
  const run = (pipeline: string | null, draft = false) => draftFor({ pipeline, draft }, useDocument.getState())
  openDocument({ id: 'a.json', file: '/a.json', text, version: '1', draft: null })
  expect(run('a.json')).toBeNull()
  expect(run('a.json', true)).toBe(text)
  setText('Mend', mended)
  expect(run('a.json')).toBe(mended)
  expect(run('b.json')).toBeNull()
  expect(run(null)).toBeNull()
})

test('a run whose end was told before the answer to its start came has ended', async () => {
  Object.assign(globalThis, { location: new URL('http://127.0.0.1:1/') })
  const { withAnswer } = await import('./runs.ts')
  const run = (id: string, status: RunView['status']) => ({ id, status }) as RunView
  const known = { a: run('a', 'done'), b: run('b', 'stopped') }
  const told = new Map([
    ['a', 7],
    ['b', 2],
  ])
  const after = withAnswer(known, [run('a', 'running'), run('b', 'running'), run('c', 'running')], 5, told)
  expect(Object.values(after).map(({ id, status }) => `${id} ${status}`)).toEqual(['a done', 'b running', 'c running'])
})
