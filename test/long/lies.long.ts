import { test } from 'vitest'
import { cells } from '../engine/lies/cells.ts'
import { catchLiar } from '../engine/lies/lying.ts'

process.stdout.write(`${cells.length} cells: lie by shape, each in a first run, resumed, and honest at last\n`)
for (const cell of cells) test(`caught: ${cell.name}`, async () => await catchLiar(cell))
