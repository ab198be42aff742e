import { expect, test } from 'vitest'
import { sentenceOf } from './sentence.ts'
import { readTimetable, type Timetable } from './timetable.ts'

const table = async (cron: string, timeZone = 'Europe/Berlin'): Promise<Timetable> => {
  const read = await readTimetable({ cron, timeZone })
  if ('part' in read) throw new Error(read.message)
  return read
}
const times = (read: Timetable, after: string, count: number): string[] =>
  read.between(Date.parse(after), Number.POSITIVE_INFINITY, count).map((time) => new Date(time).toISOString())

test('a time that the clock skips comes right after the gap, once; one that it has twice comes once', async () => {
  const half = await table('30 2 * * *')
  expect(times(half, '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'])
  expect(times(half, '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'])
  const hourly = await table('0 * * * *')
  const autumn = times(hourly, '2026-10-24T23:30:00Z', 3)
  expect(autumn, 'every hour that passes').toEqual([
    '2026-10-25T00:00:00.000Z',
    '2026-10-25T01:00:00.000Z',
    '2026-10-25T02:00:00.000Z',
  ])
})

test('the times between two moments hold the last, not the first', async () => {
  const read = await table('0 2 * * *', 'UTC')
  const [from, to] = [Date.parse('2026-11-20T02:00:00Z'), Date.parse('2026-11-23T02:00:00Z')]
  expect(read.between(from, to, 10).length).toBe(3)
  expect(read.between(from, to - 1, 10).length).toBe(2)
  expect(read.between(from, to, 2).length).toBe(2)
})

test.each([
  ['0 2 * *', 'UTC', 'cron', /"0 2 \* \*" is no schedule: it has 4 of the five parts/, /minute, hour/],
  ['', 'UTC', 'cron', /it has 0 of the five parts/, /minute, hour/],
  ['61 2 * * *', 'UTC', 'cron', /invalid value for minute: 61/, /minute, hour/],
  ['0 0 30 2 *', 'UTC', 'cron', /"0 0 30 2 \*" never comes/, /minute, hour/],
  ['@dayly', 'UTC', 'cron', /"@dayly" is no schedule/, /Did you mean "@daily"/],
  ['2026-12-24T00:00:00', 'UTC', 'cron', /it has 1 of the five parts/, /minute, hour/],
  ['0 2 * * *', 'Europe/Berln', 'timeZone', /there is no time zone "Europe\/Berln"/, /Did you mean "Europe\/Berlin"/],
])('%j in %s is one problem of its %s', async (cron, timeZone, part, message, hint) => {
  const read = await readTimetable({ cron, timeZone })
  expect(read).toMatchObject({
    part,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })
})

test.each([
  ['0 2 * * *', 'every day at 02:00'],
  ['@daily', 'every day at 00:00'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['5 * * * *', 'every hour at 05 past'],
  ['30 6 * * 1-5', 'Monday to Friday at 06:30'],
  ['0 6,18 * * sat,0', 'every Saturday and Sunday at 06:00 and 18:00'],
  ['0 4 1 * *', 'on day 1 of every month at 04:00'],
  ['0 4 1 * 1', ''],
  ['1-5 4 * * *', ''],
])('%j is said as %j', (cron, said) => {
  expect(sentenceOf(cron)).toBe(said)
})
