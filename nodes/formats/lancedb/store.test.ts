import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isAlive, type Json } from '@headrace/runtime/sdk'
import { expect, test } from 'vitest'
import { folder, ids, intend, open, split, stage, write } from './testing.ts'

test('an existing table: fail, append, replace', async () => {
  await write({}, split(1))
  const { problems } = await write({}, split(2))
  expect(problems[0]).toMatchObject({ code: 'output-exists', hint: expect.stringMatching(/append/) })
  await write({ ifExists: 'append' }, split(2))
  expect(await ids()).toEqual([1, 2])
  const replacing = await open({ ifExists: 'replace' })
  await replacing.commit([await stage(0, split(3))], intend)
  expect(await ids()).toEqual([1, 2])
  await replacing.finish()
  await replacing.close()
  expect(await ids()).toEqual([3])
})

test('vectors of another model are refused, with what differs', async () => {
  const model = (pooling: string) => [{ node: 'embed', column: 'vector', fingerprint: { files: 'abc', pooling } }]
  const first = await open({}, null, model('mean'))
  await first.commit([await stage(0, split(1))], intend)
  await first.finish()
  await first.close()
  await expect(open({ ifExists: 'append' }, null, model('cls'))).rejects.toMatchObject({
    code: 'other-model',
    message: expect.stringMatching(/"vector".*"t".*"embed".*pooling was "mean", now it is "cls"/),
  })
  const same = await open({ ifExists: 'append' }, null, model('mean'))
  await same.close()
})

test('several parts are one commit, and the next ones, shorter or longer, do not see its bytes', async () => {
  const sink = await open()
  await sink.commit([await stage(0, split(1, 2)), await stage(1, split(3)), await stage(2, split(4, 5, 6))], intend)
  await sink.commit([await stage(3, split(7))], intend)
  await sink.commit(
    [await stage(4, split(8)), await stage(5, split(...Array.from({ length: 50 }, (_, i) => 9 + i)))],
    intend,
  )
  expect(await sink.finish()).toMatchObject({ rows: 58 })
  await sink.close()
  expect(await ids()).toEqual(Array.from({ length: 58 }, (_, i) => 1 + i))
})

test('a crash after an append, before its record: recover finds the version', async () => {
  const first = await open()
  const receipt = await stage(0, split(1, 2))
  const { state } = await first.commit([receipt], intend)
  let intent: Json = null
  const second = await stage(1, split(3))
  await first.commit([second], async (data) => {
    intent = data
  })
  await first.close()

  const resumed = await open({}, state)
  expect(await resumed.recover?.(intent, [second])).toMatchObject({ state: { rows: 3 } })
  await resumed.finish()
  await resumed.close()
  expect(await ids()).toEqual([1, 2, 3])
})

test('a crash before an append: recover finds nothing, and other rows of the same number are not ours', async () => {
  await write({}, split(1))
  const first = await open({ ifExists: 'append' })
  let intent: Json = null
  const receipt = await stage(0, split(2))
  const stop = first.commit([receipt], async (data) => {
    intent = data
    throw new Error('power cut')
  })
  await expect(stop).rejects.toThrow('power cut')
  await first.close()
  await write({ ifExists: 'append' }, split(9))
  const resumed = await open({ ifExists: 'append' })
  expect(await resumed.recover?.(intent, [receipt])).toBeNull()
  await resumed.commit([receipt], intend)
  await resumed.close()
  expect(await ids()).toEqual([1, 9, 2])
})

test('what an older version was about to add cannot be told from what is there: refused, and done where nothing was added', async () => {
  const first = await open()
  const receipt = await stage(0, split(1, 2))
  let intent: Json = null
  const { state } = await first.commit([receipt], intend)
  await first.commit([await stage(1, split(3))], async (data) => {
    intent = data
  })
  await first.close()
  const resumed = await open({}, state)
  const before = { ...(intent as unknown as { rows: number }), digest: 'e3b0c44298fc1c14' }
  await expect(resumed.recover?.(before, [receipt])).rejects.toMatchObject({
    code: 'append-unclear',
    message: expect.stringMatching(/about to add 1 row to/),
  })
  expect(await resumed.recover?.({ ...before, rows: 7 }, [receipt])).toBeNull()
  await resumed.close()
})

test('the same rows added twice since the crash are refused', async () => {
  await write({}, split(1))
  const first = await open({ ifExists: 'append' })
  let intent: Json = null
  const receipt = await stage(0, split(2))
  await first.commit([receipt], async (data) => {
    intent = data
  })
  await first.close()
  await write({ ifExists: 'append' }, split(2))
  const resumed = await open({ ifExists: 'append' })
  await expect(resumed.recover?.(intent, [receipt])).rejects.toMatchObject({ code: 'append-unclear' })
  await resumed.close()
})

test('a resume goes on in the hidden table, also after the table has got its name', async () => {
  const first = await open()
  const { state } = await first.commit([await stage(0, split(1))], intend)
  await first.close()
  const second = await open({}, state)
  const { state: later } = await second.commit([await stage(1, split(2))], intend)
  await second.finish()
  await second.close()
  const third = await open({}, later)
  expect(await third.finish()).toMatchObject({ rows: 2 })
  await third.close()
  expect(await ids()).toEqual([1, 2])
})

test('a table has one writer; the lock of a process that is gone is taken over', async () => {
  const first = await open()
  await expect(open({}, null, [], 'other')).rejects.toMatchObject({ code: 'table-locked', message: /run7/ })
  await first.close()
  const dead = { pid: 2 ** 22 + 1, host: hostname(), process: 'x', run: 'dead' }
  await writeFile(join(folder, 'db', '.t.lock'), JSON.stringify(dead))
  await (await open()).close()
})

test('the lock of a process that was killed and that nobody has collected is taken over, and one whose number is new', async () => {
  // `sleep` never collects the process that its shell has started.
  const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [said] = (await once(shell.stdout, 'data')) as [Buffer]
    const pid = Number(said)
    const lock = join(folder, 'db', '.t.lock')
    await mkdir(join(folder, 'db'), { recursive: true })
    await expect.poll(() => isAlive(pid)).toBe(false)
    await writeFile(lock, JSON.stringify({ pid, host: hostname(), process: 'x', run: 'dead' }))
    await (await open()).close()
    await writeFile(lock, JSON.stringify({ pid: shell.pid, born: '1', host: hostname(), process: 'x', run: 'dead' }))
    await (await open()).close()
  } finally {
    shell.kill()
  }
})
