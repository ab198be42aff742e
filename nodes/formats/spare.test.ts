import { expect, test } from 'vitest'
import { leaveBuffer, takeBuffer } from './spare.ts'

test('a buffer that was left is the next one that fits', () => {
  const left = takeBuffer(1 << 20)
  leaveBuffer(left)
  expect(takeBuffer((1 << 20) + 1)).not.toBe(left)
  expect(takeBuffer(100)).not.toBe(left)
  const taken = takeBuffer(1 << 19)
  expect(taken).toBe(left)
  expect(takeBuffer(1 << 19)).not.toBe(left)
})

test('short buffers, and more than a few megabytes, are not kept', () => {
  const short = takeBuffer(1000)
  leaveBuffer(short)
  expect(takeBuffer(1000)).not.toBe(short)
  const many = Array.from({ length: 5 }, () => takeBuffer(2 << 20))
  for (const one of many) leaveBuffer(one)
  const again = many.map(() => takeBuffer(2 << 20))
  expect(again.filter((one) => many.includes(one)).length).toBe(4)
})
