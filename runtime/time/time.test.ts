import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysOf, isoTimestamp, isoTimestampCut, newMoment, strptime, utcFromLocal } from './index.ts'

const bytes = (text: string) => Buffer.from(text)

test('every day is the day that Date says', () => {
  const day = fc.record({ y: fc.integer({ min: 1, max: 9999 }), m: fc.integer({ min: 1, max: 12 }), d: fc.nat(31) })
  fc.assert(
    fc.property(day, ({ y, m, d }) => {
      const date = new Date(0)
      date.setUTCFullYear(y, m - 1, d)
      const exists = date.getUTCMonth() === m - 1 && d > 0
      expect(daysOf(y, m, d)).toBe(exists ? date.getTime() / 864e5 : Number.NaN)
    }),
    { numRuns: 2000 },
  )
})

test('timestamps of Date come back', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      const moment = newMoment()
      expect(isoTimestamp(bytes(date.toISOString()), 0, 24, moment)).toBe(true)
      expect(moment.days * 864e5 + moment.seconds * 1e3 + moment.nanos / 1e6).toBe(date.getTime())
      expect(moment.offset).toBe(0)
    }),
  )
  for (const text of ['2024-01-01T', '2024-01-01 24:00', '2024-01-01 10:60', '2024-01-01 10:00+2', '2024-1-1 10:00']) {
    expect(isoTimestamp(bytes(text), 0, text.length, newMoment()), text).toBe(false)
  }
})

test.each([
  ['%d.%m.%Y', '1.2.2024', [2024, 1, 1, 0, 0]],
  ['%d %b %y, %I:%M%p', '31 dec 99, 12:05am', [1999, 11, 31, 0, 5]],
  ['%B %e, %Y %R', 'February  3, 2024 7:08', [2024, 1, 3, 7, 8]],
  ['%Y年%m月%d日', '2024年02月03日', [2024, 1, 3, 0, 0]],
  ['%FT%T%z', '2024-02-03T07:08:00+01:00', [2024, 1, 3, 7, 8]],
  ['%A, %j/%Y %I:%M %p %Z', 'Thursday, 060/2024 12:05 AM GMT', [2024, 1, 29, 0, 5]],
  ['%a %-d. %h %Y  %H%M', 'Mon  5. FEB 2024 930', [2024, 1, 5, 9, 30]],
] as const)('%s reads %s', (format, text, [year, month, day, hour, minute]) => {
  const compiled = strptime(format)
  if (typeof compiled === 'string') throw new Error(compiled)
  const moment = newMoment()
  const content = bytes(text)
  expect(compiled.read(content, 0, content.length, moment)).toBe(true)
  expect(moment.days * 864e5 + moment.seconds * 1e3).toBe(Date.UTC(year, month, day, hour, minute))
})

test.each([
  ['%d.%m.%Y', '30.02.2024'],
  ['%d.%m.%Y', '1.13.2024'],
  ['%j/%Y', '366/2023'],
  ['%H:%M', '24:00'],
  ['%I:%M', '13:00'],
  ['%d %b %Y', '1Feb 2024'],
])('%s does not read %s', (format, text) => {
  const compiled = strptime(format)
  if (typeof compiled === 'string') throw new Error(compiled)
  expect(compiled.read(bytes(text), 0, text.length, newMoment())).toBe(false)
})

test('what is no part of a format', () => {
  for (const format of ['%Q', '%Y-%', '%-']) expect(strptime(format)).toMatch(/^"%.*" is no part of a date format/)
})

test('signed years and the smallest digits are read only where a cast asks for them', () => {
  const [far, fine] = [bytes('-012345-01-02T03:04:05Z'), bytes('2024-01-02T03:04:05.1234567899')]
  const moment = newMoment()
  expect([far, fine].map((text) => isoTimestamp(text, 0, text.length, moment))).toEqual([false, false])
  expect(isoTimestampCut(fine, 0, fine.length, moment) && moment.nanos).toBe(123_456_789)
  expect(isoTimestampCut(far, 0, far.length, moment)).toBe(true)
  expect(moment.days * 864e5 + moment.seconds * 1e3).toBe(Date.parse('-012345-01-02T03:04:05Z'))
})

test('local times in a zone, the skipped and the doubled hour too', () => {
  const utc = utcFromLocal('America/New_York')
  const at = (text: string) => new Date(utc(Date.parse(`${text}:00Z`) / 1000) * 1000).toISOString().slice(0, 16)
  expect(at('2024-07-01T12:00')).toBe('2024-07-01T16:00')
  expect(at('2024-03-10T02:30')).toBe('2024-03-10T07:30')
  expect(at('2024-11-03T01:30')).toBe('2024-11-03T05:30')
  expect(at('1970-01-01T00:00')).toBe('1970-01-01T05:00')
})
