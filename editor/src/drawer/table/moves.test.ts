import { expect, test } from 'vitest'
import { filled, isSeveral, moved, rectangle } from './moves.ts'

const size = { rows: 200, columns: 5, page: 6 }
const press = (row: number, column: number, key: string, ctrlKey = false) => {
  const place = moved({ row, column }, { key, ctrlKey, metaKey: false }, size)
  return place && [place.row, place.column]
}

test('arrows walk between cells and stop at the edges, upwards at the head', () => {
  expect(press(0, 0, 'ArrowDown')).toEqual([1, 0])
  expect(press(199, 4, 'ArrowDown')).toEqual([199, 4])
  expect(press(0, 0, 'ArrowUp')).toEqual([-1, 0])
  expect(press(-1, 0, 'ArrowUp')).toEqual([-1, 0])
  expect(press(0, 0, 'ArrowLeft')).toEqual([0, 0])
  expect(press(3, 1, 'ArrowRight', true)).toEqual([3, 4])
})

test('Home, End and the page keys lead where a spreadsheet does', () => {
  expect(press(7, 3, 'Home')).toEqual([7, 0])
  expect(press(7, 3, 'End', true)).toEqual([199, 4])
  expect(press(7, 3, 'PageDown')).toEqual([13, 3])
  expect(press(3, 3, 'PageUp')).toEqual([0, 3])
  expect(press(3, 3, 'x')).toBeNull()
})

test('a range is the rectangle between two places, without the head', () => {
  const range = { anchor: { row: 4, column: 2 }, active: { row: -1, column: 0 } }
  expect(rectangle(range, size)).toEqual({ rows: [0, 4], columns: [0, 2] })
  expect(isSeveral(rectangle(range, size))).toBe(true)
  expect(rectangle({ anchor: range.active, active: range.active }, size)).toBeNull()
  // Rows may have gone since.
  expect(rectangle(range, { rows: 2, columns: 1 })).toEqual({ rows: [0, 1], columns: [0, 0] })
  expect(rectangle(range, { rows: 0, columns: 1 })).toBeNull()
})

test('columns fill the room that there is, and keep their width where there is none', () => {
  expect(filled([100, 100, 200], [false, true, true], 700)).toEqual([100, 200, 400])
  expect(filled([100, 100], [false, false], 301)).toEqual([150, 151])
  expect(filled([400, 400], [true, true], 500)).toEqual([400, 400])
})
