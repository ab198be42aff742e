import { expect, test } from 'vitest'
import { GrowingBuffer } from './buffer.ts'

const bytes = (...some: number[]) => Uint8Array.from(some)

test('parts are padded with zeros, also where the memory was used before', () => {
  const first = new GrowingBuffer()
  first.write(new Uint8Array(200_000).fill(7))
  expect(first.take()).toHaveLength(200_000)
  first.close()
  const second = new GrowingBuffer()
  const beside = new GrowingBuffer()
  for (const buffer of [second, beside]) {
    buffer.write(bytes(1, 2, 3))
    buffer.pad()
    buffer.write(bytes(4))
  }
  second.close()
  second.close()
  const third = new GrowingBuffer()
  third.write(bytes(9, 9, 9, 9, 9))
  third.pad()
  expect([...third.take()]).toEqual([9, 9, 9, 9, 9, 0, 0, 0])
  expect([...beside.take()]).toEqual([1, 2, 3, 0, 0, 0, 0, 0, 4])
})
