import { copyFileSync, readdirSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { summarise } from '../../runtime/engine/runfolder.ts'
import { run } from '../cli/command.ts'
import { files, Nights } from '../engine/stored/nights.ts'
import { Workplace } from '../engine/workplace.ts'
import { lanceRows } from './stored.ts'

/** What a command prints with --json, and its exit code. */
async function told(...args: string[]) {
  const { code, stdout, stderr } = await run([...args, '--json'])
  return { code, stderr, report: JSON.parse(stdout) as Record<string, never> }
}

test('on the command line: nothing new is said and is exit 0; a changed pipeline and wrong options are exit 2', async () => {
  const place = new Nights()
  place.put('a', 1)
  const first = await run(['run', place.file, '--new'])
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^files: 1 file new$/m) })
  const second = await run(['run', place.file, '--new'])
  expect(second).toMatchObject({ code: 0, stdout: 'nothing new: 1 file skipped\n', stderr: '' })
  const { code, report } = await told('run', place.file, '--new')
  expect([code, report['status'], files(report)]).toEqual([0, 'done', '0 0 0 1 0'])
  place.draw({}, { keep: ['transforms/filter', { where: 'n > 0' }] })
  const changed = await run(['run', place.file, '--new'])
  expect(changed).toMatchObject({ code: 2, stderr: expect.stringMatching(/keep came in[\s\S]*--new --accept/) })
  expect((await run(['run', place.file, '--new', '--accept'])).code).toBe(0)
  expect((await run(['run', place.file, '--accept'])).stderr).toMatch(/--accept goes with --new/)
  expect((await run(['run', place.file, '--new', '--since', 'yesterday'])).code).toBe(2)
  expect((await run(['run', place.file, '--files', 'nothing*'])).stderr).toMatch(/none of the 1 files of in matches/)
})

test('runs prune and a kill between the end of a run and what is noted of it lose no file', async () => {
  const place = new Nights()
  place.put('a', 1)
  await run(['run', place.file, '--new'])
  const [name] = readdirSync(place.path('.headrace/stored'))
  const kept = place.path(`.headrace/stored/${name}`)
  copyFileSync(kept, place.path('before.json'))
  place.put('b', 2)
  await run(['run', place.file, '--new'])
  // As the kill leaves it: the run has ended, and what is noted is from before.
  copyFileSync(place.path('before.json'), kept)
  expect(files((await told('run', place.file, '--new')).report)).toBe('0 0 0 2 0')
  copyFileSync(place.path('before.json'), kept)
  place.put('c', 3)
  await run(['run', place.file, '--new'])
  copyFileSync(place.path('before.json'), kept)
  const { report } = await told('runs', 'prune', place.file, '--runs', '1')
  expect(report['removed']).toHaveLength(2)
  expect(files((await told('run', place.file, '--new')).report)).toBe('0 0 0 3 0')
  rmSync(place.path('.headrace/runs'), { recursive: true })
  expect(files((await told('run', place.file, '--new')).report)).toBe('0 0 0 3 0')
  expect(place.stored()).toEqual([1, 2, 3])
})

/** Takes what is new, in a process that is killed there. */
async function killedAt(place: Nights, fault: string): Promise<string> {
  const { signal } = await run(['run', place.file, '--new'], { env: { HEADRACE_FAULT: fault } })
  expect(signal).toBe('SIGKILL')
  const runs = place.list('.headrace/runs').map((id) => summarise(place.path(`.headrace/runs/${id}`)))
  return runs.find(({ finished }) => !finished)?.id ?? ''
}

test('beside a run that was killed after it stored rows --new is refused with its name; resumed, its files count', async () => {
  const place = new Nights({ path: 'parts/', partSize: 4096 })
  const rows = Array.from({ length: 2000 }, (_, i) => i)
  place.put('a', ...rows)
  // All is in place, but not on record; then a part is to be seen, and nothing is on record.
  for (const [fault, next] of [
    ['folder.finish:kill-before:1', 'b'],
    ['folder.place.rename:kill-after:1', 'c'],
  ] as const) {
    const id = await killedAt(place, fault)
    place.put(next, ...rows)
    expect(place.list('parts').length).toBeGreaterThan(0)
    const beside = await run(['run', place.file, '--new'])
    expect(beside).toMatchObject({ code: 2, stderr: expect.stringContaining(id) })
    expect(beside.stderr).toMatch(/headrace resume/)
    expect((await told('resume', place.file)).report).toMatchObject({ status: 'done', filesNew: 1 })
  }
  expect(files((await told('run', place.file, '--new')).report)).toBe('1 0 0 2 0')
  expect((await run(['run', place.file, '--new'])).stdout).toMatch(/^nothing new/)
  const stored = place.list('parts').flatMap((name) => place.stored(`parts/${name}`))
  expect(stored.sort((x, y) => x - y)).toEqual(rows.flatMap((row) => [row, row, row]))
})

test('documents: a changed one is replaced, an emptied one goes, a gone one goes when that is asked for', async () => {
  const place = new Workplace()
  const file = place.pipeline(
    {
      docs: ['sources/files', { path: 'docs/*.md' }],
      long: ['transforms/filter', { where: 'size > 3' }],
      pieces: ['transforms/chunk', { column: 'text', by: 'characters', size: 4, overlap: 0, as: 'piece' }],
      short: ['transforms/select', { columns: [{ column: 'path', as: 'doc' }, 'piece'] }],
      store: ['sinks/lancedb', { path: 'lance', table: 't', replaceBy: 'doc' }],
    },
    [
      ['docs', 'long'],
      ['long', 'pieces'],
      ['pieces', 'short'],
      ['short', 'store'],
    ],
  )
  const stored = async () =>
    (await lanceRows(place.path('lance'), 't')).map((row) => `${String(row['doc']).slice(5)} ${row['piece']}`).sort()
  for (const [name, text] of Object.entries({ a: 'aaaabbbb', b: 'bbbb', c: 'cccc' }))
    place.write(`docs/${name}.md`, text)
  expect((await run(['run', file])).code).toBe(0)
  expect(await stored()).toEqual(['a.md aaaa', 'a.md bbbb', 'b.md bbbb', 'c.md cccc'])
  place.write('docs/a.md', 'xxxx')
  place.write('docs/b.md', 'x')
  place.write('docs/d.md', 'dddd')
  const { report, stderr } = await told('run', file, '--new')
  expect(files(report), stderr).toBe('1 2 0 1 0')
  expect(report['outputs']).toMatchObject([{ rows: 2, replacedRows: 3 }])
  expect(await stored()).toEqual(['a.md xxxx', 'c.md cccc', 'd.md dddd'])
  rmSync(place.path('docs/c.md'))
  expect((await run(['run', file, '--new'])).stdout).toMatch(/nothing new: 3 files skipped, 1 gone/)
  const pruned = await told('run', file, '--new', '--prune-gone')
  expect(pruned.report, pruned.stderr).toMatchObject({ status: 'done', filesGone: 1, prunedRows: 1, rows: { in: 0 } })
  expect(await stored()).toEqual(['a.md xxxx', 'd.md dddd'])
  expect((await told('run', file, '--new', '--prune-gone')).report, 'and is forgotten').toMatchObject({
    filesGone: 0,
    runId: null,
  })
  place.write('docs/c.md', 'cccc')
  expect(files((await told('run', file, '--new')).report)).toBe('1 0 0 3 0')
  rmSync(place.path('docs'), { recursive: true })
  place.write('docs/e.txt', '')
  const none = await run(['run', file, '--new', '--prune-gone', '--set', 'docs.ifEmpty=ok'])
  expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/all 4 files of docs[\s\S]*mounted/) })
  expect((await stored()).length).toBe(3)
})
