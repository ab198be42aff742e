import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileList, Uploaded } from '../../runtime/server/api/index.ts'
import { Served, small } from './serve.ts'

const models = join(import.meta.dirname, '..', '..', 'examples', 'models')
const served = await Served.start(
  {
    'sub/pipeline.json': small(),
    'sub/orders.csv': 'x\n',
    'sub/part-10.parquet': 'PAR1',
    'sub/part-2.parquet': 'PAR1',
    'sub/.hidden': '',
    'data/a.ndjson.gz': '',
  },
  { roots: [models] },
)
const bearer = { authorization: `Bearer ${served.token}` }
const query = (given: Record<string, string>) => new URLSearchParams(given).toString()
const browse = (path: string, pipeline = 'sub/pipeline.json') =>
  served.get<FileList>(`files?${query({ path, pipeline })}`)
const send = async (name: string, bytes: string | Uint8Array, pipeline = '', type = 'application/octet-stream') => {
  const headers = { ...bearer, 'content-type': type }
  const { status, text } = await served.raw('POST', `/api/files?${query({ name, pipeline })}`, headers, bytes)
  return { status, value: JSON.parse(text) as Uploaded & { error: string } }
}

describe('the picker', () => {
  test('shows what lies beside the pipeline, with the values that its settings would have', async () => {
    const { path, parent, entries, roots } = await browse('')
    expect([path, parent]).toEqual(['.', '..'])
    expect(entries.map(({ value, fits }) => `${value} ${fits}`)).toEqual([
      'orders.csv sources/csv',
      'part-2.parquet sources/parquet',
      'part-10.parquet sources/parquet',
      'pipeline.json sources/ndjson',
    ])
    expect(roots.map(({ value }) => value)).toEqual(['..', models])
  })

  test('ends at the folder and at each root', async () => {
    const top = await browse('..')
    expect(top.parent).toBeNull()
    expect(top.entries).toContainEqual(expect.objectContaining({ name: 'data', value: '../data', kind: 'folder' }))
    expect((await browse(models)).parent).toBeNull()
    expect((await browse('../data')).entries).toMatchObject([{ value: '../data/a.ndjson.gz', fits: 'sources/ndjson' }])
  })

  test('knows a folder with a text encoder, and a model', async () => {
    const { entries } = await browse(models)
    expect(entries.find(({ name }) => name === 'all-minilm-l6-v2')).toMatchObject({
      fits: 'models/embed',
      kind: 'folder',
    })
    const { entries: inside } = await browse(join(models, 'classical'))
    expect(inside.find(({ name }) => name === 'svm-wine.onnx')?.fits).toBe('models/onnx')
  })

  test('opens at the nearest folder where a path leads nowhere', async () => {
    expect((await browse('../data/no/such/file.csv')).path).toBe('../data')
    expect((await browse('orders.csv')).path).toBe('.')
  })

  test('sees nothing outside, whatever leads there', async () => {
    mkdirSync(join(served.base, 'outside'))
    writeFileSync(join(served.base, 'outside', 'secret.csv'), '')
    symlinkSync(join(served.base, 'outside'), join(served.folder, 'link'))
    symlinkSync(join(served.base, 'outside', 'secret.csv'), join(served.folder, 'linked.csv'))
    for (const path of ['../..', '../../outside', '/', '/etc', '../link', join(served.base, 'outside')]) {
      const { status, value } = await served.ask<{ hint: string }>(
        'GET',
        `files?${query({ path, pipeline: 'sub/pipeline.json' })}`,
      )
      expect([path, status]).toEqual([path, 403])
      expect(value.hint).toContain('--data')
    }
    const { entries } = await browse('..')
    expect(entries.map(({ name }) => name)).toEqual(['data', 'sub'])
  })
})

describe('a dropped file', () => {
  test('goes to data/ as it is, under the next free name', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251))
    const first = await send('Umsatz 2026.csv', bytes, 'sub/pipeline.json')
    expect(first).toEqual({
      status: 201,
      value: { value: '../data/Umsatz 2026.csv', name: 'Umsatz 2026.csv', size: 300_000, type: 'sources/csv' },
    })
    expect(readFileSync(join(served.folder, 'data', 'Umsatz 2026.csv')).equals(bytes)).toBe(true)
    expect((await send('Umsatz 2026.csv', 'x')).value).toMatchObject({ value: 'data/Umsatz 2026-2.csv', size: 1 })
    expect(readFileSync(join(served.folder, 'data', 'Umsatz 2026.csv')).length).toBe(300_000)
  })

  test.each([
    ['orders.dat', 'a;b\n1;2\n', 'sources/csv'],
    ['rows', '{"a":1}\n{"a":2}\n', 'sources/ndjson'],
    ['list.json', '[{"a":1}]', 'sources/ndjson'],
    ['export.csv', Buffer.from('PAR1....PAR1'), 'sources/parquet'],
    ['export', Buffer.from('ARROW1\0\0'), 'sources/arrow'],
    ['notes.txt', 'a text, with commas\nand lines', 'sources/files'],
    ['photo', Buffer.from([0xff, 0xd8, 0, 1]), 'sources/files'],
    ['orders.csv.zst', 'x', 'sources/csv'],
  ])('%s is read by %3$s', async (name, bytes, type) => {
    expect((await send(name, bytes)).value.type).toBe(type)
  })

  test('JSON is streamed like any other file', async () => {
    const { value } = await send('big.json', `[${'1,'.repeat(3_000_000)}1]`, '', 'application/json')
    expect(value.size).toBe(6_000_003)
  })

  test.each([
    ['../../etc/cron.d/x.csv', 'x.csv'],
    ['..\\..\\x2.csv', 'x2.csv'],
    ['.env', 'env'],
    ['/abs/y.csv', 'y.csv'],
    ['a*b?[c]{d}.csv', 'a_b__c__d_.csv'],
    ['nul\0l\n.csv', 'nul_l_.csv'],
    [`${'x'.repeat(300)}.csv.gz`, `${'x'.repeat(80)}.csv.gz`],
  ])('%j gets a plain name', async (given, name) => {
    expect((await send(given, 'x\n1\n')).value).toMatchObject({ name, value: `data/${name}` })
    expect(existsSync(join(served.folder, 'data', name))).toBe(true)
  })

  test('leaves nothing where the transfer breaks off', async () => {
    const before = readdirSync(join(served.folder, 'data'))
    const asked = request({
      port: served.port,
      method: 'POST',
      path: '/api/files?name=half.csv',
      headers: { ...bearer, 'content-length': '1000000' },
    })
    asked.on('error', () => {})
    asked.write('x'.repeat(200_000))
    await expect.poll(() => readdirSync(join(served.folder, 'data')).length).toBe(before.length + 1)
    asked.destroy()
    await expect.poll(() => readdirSync(join(served.folder, 'data'))).toEqual(before)
  })

  test('that does not fit on the disk is refused before its bytes come', async () => {
    const asked = request({
      port: served.port,
      method: 'POST',
      path: '/api/files?name=huge.csv',
      headers: { ...bearer, 'content-length': '9000000000000000' },
    })
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      asked.on('response', ({ statusCode }) => resolve(statusCode))
      asked.on('error', reject)
      asked.write('x')
    })
    asked.destroy()
    expect(answer).toBe(507)
  })

  test('is not taken without a name, or into a data/ that leads elsewhere', async () => {
    expect((await served.raw('POST', '/api/files', bearer, 'x')).status).toBe(400)
    const other = await Served.start()
    symlinkSync(served.base, join(other.folder, 'data'))
    expect(
      (await other.raw('POST', '/api/files?name=a.csv', { authorization: `Bearer ${other.token}` }, 'x')).status,
    ).toBe(403)
  })
})
