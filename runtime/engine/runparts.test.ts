import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { readLetter } from './deadletters-reader.ts'
import { decodeLedger } from './ledger.ts'
import { readRecord, readRunFolder } from './runfolder.ts'

const folder = mkdtempSync(join(tmpdir(), 'headrace-runparts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const put = (name: string, text: string) => writeFileSync(join(folder, name), text)

test('a damaged file of a run is one error that names it', () => {
  expect(() => readRunFolder(folder)).toThrow(/there is no run in/)
  put('run.json', '{"id": "r", "pipel')
  expect(() => readRecord(folder)).toThrow(/damaged: run\.json: its 18 bytes are no JSON/)
  put('run.json', '{"pipeline": "p.json", "started": 5}')
  expect(() => readRecord(folder)).toThrow(/damaged: run\.json: it holds something else/)
  put('run.json', '{"id": "r", "pipeline": "p.json", "started": "2026"}')
  expect(readRecord(folder)).toMatchObject({ id: 'r', set: [], params: {} })
  expect(() => readRunFolder(folder)).toThrow(/damaged: files\.json: it is gone/)
  put('files.json', '[]')
  put('splits.json', '[{"source": "rows"}]')
  expect(() => readRunFolder(folder)).toThrow(/damaged: splits\.json/)
})

test('a record with a right checksum that is no record, and a line that is no rejected row, are errors', () => {
  expect(() => decodeLedger(`${crc32('null').toString(16).padStart(8, '0')} null\n`)).toThrow(
    /the ledger's record 1 is none/,
  )
  expect(() => readLetter('{"n": 1}')).toThrow(/this is no rejected row: \{"n": 1\}/)
  expect(() => readLetter('{"n"')).toThrow(/this is no rejected row/)
})
