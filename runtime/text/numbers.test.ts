import { expect, test } from 'vitest'
import { TextBuffer } from './buffer.ts'
import { writeDecimal, writeFloat16, writeFloat32, writeFloat64, writeInteger } from './numbers.ts'
import { writeClock, writeDate, writeTimestamp } from './times.ts'

function text(write: (out: TextBuffer) => void): string {
  const out = new TextBuffer()
  write(out)
  return Buffer.from(out.written).toString()
}

test('float64 is as JavaScript prints it', () => {
  const values = [0, -0, 1, -1, 0.1, 12.5, 1234567.8912, 1e-4, 0.00012, 1e21, 5e-324, 2 ** 53, -99999999999.99, 0.3]
  for (let i = 0; i < 5000; i++) values.push((Math.random() - 0.5) * 10 ** (i % 30), Math.round(i * 7919.3) / 1000)
  for (const value of values) {
    expect(text((out) => writeFloat64(out, value))).toBe(Object.is(value, -0) ? '-0' : String(value))
  }
})

test('float32 is the shortest text that reads back as the same float32', () => {
  const values = [0.1, 0.05, 16777216, 3.4028234e38, 1.1754944e-38, 1e-45, 999999, 1e6, 123456.79, -0, 0.3, 1e-6]
  for (let i = 0; i < 5000; i++) values.push((Math.random() - 0.5) * 10 ** ((i % 40) - 20))
  for (const value of values.map(Math.fround)) {
    const written = text((out) => writeFloat32(out, value))
    expect(Object.is(Math.fround(Number(written)), value)).toBe(true)
    const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((most) => Math.fround(Number(value.toPrecision(most))) === value)
    const wanted = Number(value.toPrecision(digits))
    expect(Number(written) === wanted).toBe(true)
  }
  expect(text((out) => writeFloat32(out, Math.fround(0.1)))).toBe('0.1')
})

test('every float16 reads back', () => {
  const half = new Float16Array(1)
  const bits = new Uint16Array(half.buffer)
  for (let all = 0; all < 0x7c00; all++) {
    bits[0] = all
    const value = half[0] as number
    expect(Math.f16round(Number(text((out) => writeFloat16(out, value))))).toBe(value)
  }
})

test('whole numbers keep all digits', () => {
  for (const value of [0, 7, -10, 2147483647, 2147483648, 4294967295, 9007199254740991, -9007199254740991]) {
    expect(text((out) => writeInteger(out, value))).toBe(String(value))
  }
})

test('decimals keep their scale', () => {
  expect(text((out) => writeDecimal(out, 1250n, 2))).toBe('12.50')
  expect(text((out) => writeDecimal(out, -5n, 3))).toBe('-0.005')
  expect(text((out) => writeDecimal(out, 12n, -2))).toBe('1200')
  expect(text((out) => writeDecimal(out, 0n, -2))).toBe('0')
})

test('dates and times are ISO 8601', () => {
  for (let day = -800000; day < 2900000; day += 997) {
    const wanted = new Date(day * 86400000).toISOString().slice(0, -'T00:00:00.000Z'.length)
    expect(text((out) => writeDate(out, day))).toBe(wanted)
  }
  expect(text((out) => writeClock(out, 86399, 125000))).toBe('23:59:59.000125')
  expect(text((out) => writeTimestamp(out, -1n, 'ns', true))).toBe('1969-12-31T23:59:59.999999999Z')
  expect(text((out) => writeTimestamp(out, 1767323045250n, 'ms', false))).toBe('2026-01-02T03:04:05.250')
  expect(text((out) => writeTimestamp(out, 1767323045n, 's', false))).toBe('2026-01-02T03:04:05')
  expect(text((out) => writeTimestamp(out, 9223372036854775807n, 'ns', true))).toBe('2262-04-11T23:47:16.854775807Z')
})
