import { afterAll, describe, expect, test } from 'vitest'
import { faultPoints } from '../../runtime/disk/index.ts'
import { type Cell, cellsOf, groundOf, passed, tryCell } from './cells.ts'
import { storedBy } from './plan.ts'
import { readRows } from './rows.ts'
import { type Format, variantsOf } from './variants.ts'

/** Steps of others: of stores, of nodes that need all rows, of replays. */
const others = /^(store|table|replay)\./

/** Texts have nothing at their end, and lines nothing at their head. */
const without: { readonly [format in Format]: readonly string[] } = {
  csv: ['file.finish.write'],
  ndjson: ['file.finish.write', 'folder.finish.write'],
  arrow: [],
  parquet: [],
}

/** The matrix of one format: every step of a run, every fault, in the first run, a resume and a second one. */
export function tryMatrix(format: Format, every = false): void {
  let count = 0
  describe(`${format}: every step and every fault, in a run, its resume and the next`, () => {
    for (const variant of variantsOf(format))
      test(variant.name, async () => {
        const ground = await groundOf(variant)
        const append = variant.config.ifExists === 'append'
        const wanted = [...(append ? storedBy(variant, 1000) : []), ...storedBy(variant, 0)]
        expect(await readRows(variant, ground.expected)).toEqual(wanted.sort((a, b) => Number(a.n - b.n)))
        const wrong: string[] = []
        for (const [number, cell] of cellsOf(ground, every).entries()) {
          const found = await tryCell(ground, cell, number * 7 + 1)
          if (found) wrong.push(`${nameOf(cell)}: ${found}`)
          count++
        }
        expect(wrong).toEqual([])
      }, 1_800_000)

    test('passes every fault point, and none that is not listed', () => {
      expect([...passed].sort()).toEqual(
        faultPoints.filter((point) => !others.test(point) && !without[format].includes(point)).sort(),
      )
    })
  })
  afterAll(() => {
    process.stdout.write(`${format}: ${count} cells of the matrix of faults\n`)
  })
}

const nameOf = ({ moment, fault: { point, kind, pass, code } }: Cell): string =>
  `${moment.stage}, ${point}, ${kind}, pass ${pass}${kind.startsWith('error') ? `, ${code}` : ''}`
