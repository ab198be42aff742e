import { describe, expect, test } from 'vitest'
import { isDraft, undo } from '../../editor/src/model/document.ts'
import { versionOf } from '../../runtime/server/pipelines/file.ts'
import { diskTold, draft, first, id, named, now, onDisk, openTabs, rename, reopen, settled, tab } from './tab.ts'

openTabs()

describe('a file that changes on disk', () => {
  test('is shown at once where nothing was edited, and undo has the old text', async () => {
    onDisk(named('pulled'))
    diskTold(named('pulled'))
    expect([now().text, isDraft(now()), tab.said]).toEqual([named('pulled'), false, [`replaced ${id}`]])
    undo()
    await settled()
    expect([now().text, (await draft())?.text]).toEqual([first, first])
  })

  test('beside edits is a conflict that loses neither', async () => {
    rename('mine')
    diskTold(named('pulled'))
    expect([now().text, now().conflict?.text]).toEqual([named('mine'), named('pulled')])
    diskTold(named('pulled twice'))
    expect(now().conflict?.text).toBe(named('pulled twice'))
    diskTold(named('mine'))
    expect([now().conflict, isDraft(now())]).toEqual([null, false])
  })

  test('while no page was open is a conflict with the draft when it is opened', async () => {
    rename('mine')
    await settled()
    onDisk(named('pulled'))
    await reopen()
    expect([now().text, now().conflict?.text]).toEqual([named('mine'), named('pulled')])
    tab.sync.keepMine()
    await settled()
    await reopen()
    expect(now().conflict).toBe(null)
  })

  test('while the server was away is found when it is back', async () => {
    onDisk(named('pulled'))
    await tab.sync.catchUp()
    expect(now().text).toBe(named('pulled'))
    tab.sync.fileChanged(id, null)
    expect(tab.said).toEqual([`replaced ${id}`, `gone ${id}`])
  })
})

describe('another tab', () => {
  const theirs = async (text: string) => {
    const { draft: standing, version } = await tab.server.read(id)
    const revision = standing?.revision ?? 0
    return await tab.server.draft(id, { text, base: version, revision, client: 'there' })
  }

  test('is followed where this one has nothing of its own, back and forth', async () => {
    tab.sync.draftChanged(id, await theirs(named('theirs')), 'there')
    expect([now().text, isDraft(now())]).toEqual([named('theirs'), true])
    rename('mine')
    await settled()
    expect((await draft())?.client).toBe('here')
    tab.sync.draftChanged(id, await theirs(named('again')), 'there')
    expect(now().text).toBe(named('again'))
    expect(now().undo.map(({ text }) => text)).toEqual([first, named('theirs'), named('mine')])
  })

  test('that changes at the same time is a conflict; either choice becomes the draft', async () => {
    for (const [choose, text] of [
      [() => tab.sync.keepMine(), named('mine')],
      [() => tab.sync.takeTheirs(), named('theirs')],
    ] as const) {
      await tab.server.discard(id)
      await reopen()
      tab.reach = null
      rename('mine')
      await theirs(named('theirs'))
      tab.reach = () => {}
      await expect.poll(() => now().conflict).toMatchObject({ with: 'tab', text: named('theirs') })
      choose()
      await settled()
      expect([now().text, now().conflict, (await draft())?.text]).toEqual([text, null, text])
    }
  })

  test('that saves or discards takes the draft here along', async () => {
    tab.sync.draftChanged(id, await theirs(named('theirs')), 'there')
    const { saved } = await tab.server.save(id, { text: named('theirs'), base: now().version, client: 'there' })
    tab.sync.fileChanged(id, { text: saved.text, version: saved.version, client: 'there' })
    tab.sync.draftChanged(id, null, 'there')
    expect([now().text, isDraft(now()), now().conflict]).toEqual([named('theirs'), false, null])
    tab.sync.draftChanged(id, await theirs(named('more')), 'there')
    await tab.server.discard(id)
    tab.sync.draftChanged(id, null, 'there')
    expect([now().text, now().undo.at(-1)?.text]).toEqual([named('theirs'), named('more')])
  })

  test('that discards a draft while this one goes on does not stop it', async () => {
    tab.sync.draftChanged(id, await theirs(named('theirs')), 'there')
    rename('mine')
    await tab.server.discard(id)
    await settled()
    expect((await draft())?.text).toBe(named('mine'))
    expect(now().conflict).toBe(null)
  })

  test('does not hear itself', async () => {
    tab.reach = null
    rename('mine')
    tab.sync.fileChanged(id, { text: named('mine'), version: 'x', client: 'here' })
    tab.sync.draftChanged(id, null, 'here')
    tab.sync.draftChanged('other.json', await theirs(named('theirs')), 'there')
    expect([now().text, now().version]).toEqual([named('mine'), versionOf(first)])
  })
})
