import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckAnswer } from '@headrace/runtime/api'
import { describe, expect, test } from 'vitest'
import { closeDocument, isDraft, redo, undo } from '../../editor/src/model/document.ts'
import { createSync, type Rest } from '../../editor/src/model/syncing.ts'
import { versionOf } from '../../runtime/server/pipelines/file.ts'
import {
  api,
  draft,
  fileText,
  first,
  id,
  named,
  now,
  onDisk,
  openTabs,
  pause,
  rename,
  reopen,
  settled,
  tab,
} from './tab.ts'

openTabs()

const late = 'before the reload'

describe('a draft', () => {
  test('follows the edits soon, also while they never pause', async () => {
    let most = 0
    for (let n = 0; tab.asked.length <= 3; n++) {
      rename(`n${n}`)
      await sleep(5)
      const kept = (await draft())?.text.match(/"n(\d+)"/)?.[1] ?? '-1'
      most = Math.max(most, n - Number(kept))
    }
    await settled()
    expect((await draft())?.text).toBe(now().text)
    expect(most).toBeLessThan(30)
    expect(fileText()).toBe(first)
  })

  test('goes when everything is undone', async () => {
    rename('second')
    await settled()
    undo()
    await settled()
    expect([await draft(), now().revision, isDraft(now())]).toEqual([null, 0, false])
    redo()
    await settled()
    expect((await draft())?.text).toBe(named('second'))
  })

  test('is opened again, with what the file says beside it', async () => {
    rename('second')
    await settled()
    await reopen()
    expect([now().text, now().saved, now().conflict]).toEqual([named('second'), first, null])
  })

  test('waits while the server is away and is sent when it is back', async () => {
    tab.reach = null
    rename('second')
    await sleep(100)
    expect(tab.said).toEqual([])
    tab.reach = () => {}
    await settled()
    expect((await draft())?.text).toBe(named('second'))
  })

  test('is sent at once when the page goes, and when another pipeline is opened', async () => {
    rename('second')
    await tab.sync.flush(true)
    expect((await draft())?.text).toBe(named('second'))
    await settled()
    rename('third')
    closeDocument()
    await expect.poll(async () => (await draft())?.text).toBe(named('third'))
  })

  test('of before a reload that arrives late takes nothing back, and is not kept', async () => {
    const kept = await tab.server.draft(id, { text: named('second'), base: now().version, revision: 0, client: late })
    tab.sync.draftChanged(id, kept, late)
    await expect.poll(draft).toBe(null)
    await settled()
    expect([now().text, now().conflict, now().undo]).toEqual([first, null, []])
    await tab.server.draft(id, { text: named('third'), base: now().version, revision: 0, client: late })
    rename('fourth')
    await settled()
    expect([now().conflict, (await draft())?.text]).toEqual([null, named('fourth')])
  })

  test('that the server refuses is said', async () => {
    tab.reach = (path) => {
      if (path === 'check') return
      throw Object.assign(new Error('too large'), { status: 413, body: null })
    }
    rename('second')
    await expect.poll(() => tab.said).toEqual(['The draft was not kept: too large'])
  })
})

describe('save', () => {
  test('writes the file and takes the draft away', async () => {
    rename('second')
    await settled()
    expect(await tab.sync.save()).toBe(true)
    expect([fileText(), await draft()]).toEqual([named('second'), null])
    expect([isDraft(now()), now().revision, now().undo.length]).toEqual([false, 0, 1])
  })

  test('keeps what is typed meanwhile as a draft', async () => {
    rename('second')
    const saving = tab.sync.save()
    rename('third')
    expect(await saving).toBe(true)
    await settled()
    expect([now().saved, (await draft())?.text]).toEqual([named('second'), named('third')])
  })

  test('over a file that was changed is a conflict; either choice keeps the other in undo', async () => {
    for (const [choose, text, other] of [
      [() => tab.sync.keepMine(), named('mine'), named('theirs')],
      [() => tab.sync.takeTheirs(), named('theirs'), named('mine')],
    ] as const) {
      onDisk(first)
      await tab.server.discard(id)
      await reopen()
      rename('mine')
      onDisk(named('theirs'))
      expect(await tab.sync.save()).toBe(false)
      expect(now().conflict).toMatchObject({ with: 'disk', text: named('theirs') })
      expect(fileText()).toBe(named('theirs'))
      choose()
      await settled()
      expect([now().text, now().conflict, now().saved]).toEqual([text, null, named('theirs')])
      expect(now().undo.at(-1)?.text).toBe(other)
      expect((await draft())?.base).toBe(text === named('mine') ? versionOf(named('theirs')) : undefined)
      expect(await tab.sync.save()).toBe(true)
      expect(fileText()).toBe(text)
    }
  })

  test('of what the file says already is no conflict', async () => {
    rename('second')
    onDisk(named('second'))
    expect(await tab.sync.save()).toBe(true)
    expect([now().conflict, isDraft(now())]).toEqual([null, false])
  })
})

test('the newest check wins, and the answer before it stays until then', async () => {
  const answers: CheckAnswer[] = []
  const afterwards = Promise.withResolvers<void>()
  const slow: Rest = {
    ...api,
    post: async <T>() => {
      const answer: CheckAnswer = { problems: [], params: {}, nodes: {}, edges: [] }
      if (answers.push(answer) === 1) await afterwards.promise
      return answer as T // what the check answers
    },
  }
  const own = createSync({ api: slow, client: 'here', refused: () => {}, gone: () => {}, replaced: () => {}, pause })
  tab.end()
  tab.end = own.follow()
  rename('second')
  await expect.poll(() => answers.length).toBe(1)
  rename('third')
  await expect.poll(() => answers.length).toBe(2)
  await expect.poll(() => now().checked === answers[1]).toBe(true)
  afterwards.resolve()
  await sleep(20)
  expect(now().checked).toBe(answers[1])
})
