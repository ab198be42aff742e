import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Bench, readSource } from '@headrace/runtime/testing'
import { describe, expect, test } from 'vitest'
import csv from '../../nodes/sources/csv.ts'

const folder = join(import.meta.dirname, '../../../shared/data/csv-spectrum')
const present = existsSync(folder)
/** The collection's JSON has a made-up telephone number here, its CSV the real one. */
const telephone = { wrong: '1234567890', inFile: '2095257564' }
if (!present) console.log(`csv-spectrum is skipped: there is no folder ${folder}`)

describe.skipIf(!present)('csv-spectrum, every value as text', () => {
  const names = present ? readdirSync(join(folder, 'csvs')).map((name) => name.replace(/\.csv$/, '')) : []

  test('there are cases', () => {
    expect(names.length).toBeGreaterThan(0)
  })

  test.each(names)('%s', async (name) => {
    const json = readFileSync(join(folder, 'json', `${name}.json`), 'utf8')
    const written = name === 'location_coordinates' ? json.replace(telephone.wrong, telephone.inFile) : json
    const expected = [JSON.parse(written)].flat()
    const settings = { path: join(folder, 'csvs', `${name}.csv`), types: 'string' }
    const read = await readSource(csv, settings, new Bench(folder))
    expect(read.problems).toEqual([])
    expect(read.rejected).toEqual([])
    expect(read.rows).toEqual(expected)
  })
})
