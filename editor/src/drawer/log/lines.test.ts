import type { LogLine } from '@headrace/runtime/api'
import { expect, test } from 'vitest'
import { joined, linesOf } from './lines.ts'

const line = (second: number, level: LogLine['level'], message: string, node?: string): LogLine => ({
  at: `2026-11-03T14:03:0${second}.000Z`,
  level,
  message,
  ...(node && { node }),
})

test('lines below the level, or without the text in message or node, are left out', () => {
  const lines = [line(1, 'debug', 'a'), line(2, 'info', 'read EMOJI.csv'), line(3, 'error', 'b', 'emoji')]
  expect(linesOf(lines, 'info', '')).toEqual(lines.slice(1))
  expect(linesOf(lines, 'debug', ' emoji ')).toEqual(lines.slice(1))
  expect(linesOf(lines, 'error', 'csv')).toEqual([])
})

test('lines that come by the socket and by asking stand once', () => {
  const before = [line(1, 'info', 'a'), line(2, 'info', 'b')]
  expect(joined(before, [line(2, 'info', 'b'), line(2, 'info', 'c'), line(3, 'info', 'a')])).toEqual([
    ...before,
    line(2, 'info', 'c'),
    line(3, 'info', 'a'),
  ])
  expect(joined([], before)).toEqual(before)
})
