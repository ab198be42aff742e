import { expect, test } from 'vitest'
import { bytes, clock, duration, exact, exactWhen, perSecond, rounded, share, when } from './numbers.ts'

test('counts keep their digits up to 9,999 and are scaled above', () => {
  expect([0, 0.42, 9.96, 168.3, 2502, 9999, 12_408, 99_960, 999_960, 1_204_000, 10_000_000].map(rounded)).toEqual(
    '0|0.4|10|168|2,502|9,999|12.4 k|100 k|1 M|1.2 M|10 M'.split('|'),
  )
  expect(exact(12_408)).toBe('12,408')
  expect(perSecond(310, 'rows')).toBe('310 rows/s')
  expect(perSecond(12_400)).toBe('12.4 k/s')
})

test('bytes are in thousands', () => {
  expect([0, 812, 1204, 15_300_000, 1_234_000_000].map(bytes)).toEqual(['0 B', '812 B', '1.2 kB', '15.3 MB', '1.2 GB'])
})

test('a share that is not nothing and not all never reads as if it were', () => {
  expect([0, 0.001, 0.09, 0.97, 0.999, 1].map(share)).toEqual(['0 %', '<1 %', '9 %', '97 %', '>99 %', '100 %'])
})

test('durations name two units at most', () => {
  expect([0.038, 4.21, 14, 59.97, 80, 3600, 7500, 200_000].map(duration)).toEqual(
    '38 ms|4.2 s|14 s|1 min|1 min 20 s|1 h|2 h 5 min|2 d 8 h'.split('|'),
  )
  expect([14, 62, 3723].map(clock)).toEqual(['00:14', '01:02', '1:02:03'])
})

test('a moment is told by how far it is', () => {
  const now = new Date(2026, 10, 3, 15, 0, 0).getTime()
  expect(when(new Date(2026, 10, 3, 14, 3).getTime(), now)).toBe('14:03')
  expect(when(new Date(2026, 10, 2, 0, 3).getTime(), now)).toBe('yesterday 00:03')
  expect(when(new Date(2026, 9, 30, 14, 3).getTime(), now)).toBe('30 Oct 14:03')
  expect(when(new Date(2025, 9, 30, 14, 3).getTime(), now)).toBe('30 Oct 2025')
  expect(exactWhen(new Date(2026, 10, 3, 14, 3, 9).getTime())).toBe('2026-11-03 14:03:09')
})
