import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { batchOf, Identity, Pool, Scope } from '../memory/index.ts'
import { types } from '../pipeline/types.ts'
import { SpillFile } from './spill.ts'

// A seed of the simulation waited for ever here: the last column had no bytes, and the border before it lay behind the
// end of the file.
test('batches come back from a file as they were, also where columns have no bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headrace-spill-'))
  const path = join(folder, 'spill')
  try {
    const pool = new Pool(1 << 24)
    const scope = new Scope(pool)
    const fields = [
      { name: 'n', type: types.int32 },
      { name: 'text', type: types.string },
    ]
    const rows = [
      [
        { n: 1, text: null },
        { n: 2, text: null },
      ],
      [{ n: 3, text: 'three' }],
      [],
      [{ n: 4, text: '' }],
    ]
    const file = new SpillFile(path)
    const spilled = rows.map((own) =>
      file.write(batchOf(scope, fields, own, new Identity({ node: 'a', path: '' }, own.length, 1))),
    )
    for (const [i, own] of rows.entries()) {
      const batch = file.read(scope, spilled[i] as (typeof spilled)[number])
      expect(own.map((_, row) => batch.row(row))).toEqual(own)
    }
    file.close()
    expect(existsSync(path)).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
