import { describe, expect, test } from 'vitest'
import { closeDocument, edit, undo, useDocument } from '../../editor/src/model/document.ts'
import { store, stored } from '../../editor/src/model/history.ts'
import { withKept } from '../../editor/src/model/reconcile.ts'
import { moveNodes } from '../../runtime/pipeline/index.ts'
import { draft, first, id, named, now, onDisk, openTabs, rename, reopen, settled, tab } from './tab.ts'

openTabs()

test('discard goes back to the file, and undo brings the draft back', async () => {
  rename('second')
  await settled()
  await tab.sync.discard()
  expect([now().text, await draft()]).toEqual([first, null])
  undo()
  await settled()
  expect((await draft())?.text).toBe(named('second'))
})

describe('steps of undo', () => {
  test('with the same key within two seconds are one, others are not', () => {
    for (const x of [1, 2, 3]) edit('Move a', (pipeline) => moveNodes(pipeline, { a: [x, 0] }), 'move')
    expect(now().undo).toHaveLength(1)
    edit('Move a', (pipeline) => moveNodes(pipeline, { a: [9, 9] }))
    expect(now().undo).toHaveLength(2)
    undo()
    undo()
    expect([now().text, now().redo.length]).toEqual([first, 2])
  })

  test('are bounded, the oldest go', () => {
    for (let n = 0; n < 400; n++) rename(`n${n}`)
    expect(now().undo).toHaveLength(300)
    expect(now().undo.at(-1)?.text).toBe(named('n398'))
  })

  test('survive a reload with edits that had not reached the server', async () => {
    const memory = new Map<string, string>()
    const storage = {
      getItem: (key: string) => memory.get(key) ?? null,
      setItem: (key: string, value: string) => void memory.set(key, value),
      removeItem: (key: string) => void memory.delete(key),
    }
    tab.reach = null
    rename('second')
    const { text, synced, undo: steps, redo: after } = now()
    store(storage, { id, client: 'here', text, synced, undo: steps, redo: after })
    closeDocument()
    tab.reach = () => {}
    await reopen()
    useDocument.setState(withKept(now(), stored(storage, id)!))
    expect([now().text, now().undo.length]).toEqual([named('second'), 1])
    await settled()
    expect((await draft())?.text).toBe(named('second'))
    expect(stored(storage, 'other.json')).toBe(null)
    onDisk(named('pulled'))
    await tab.server.discard(id)
    await reopen()
    useDocument.setState(withKept(now(), stored(storage, id)!))
    expect([now().text, now().undo.at(-1)?.text]).toEqual([named('pulled'), named('second')])
  })
})
