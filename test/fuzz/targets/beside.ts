import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import csv from '../../../nodes/sources/csv.ts'
import { resolveSecrets } from '../../../runtime/catalogue/secrets.ts'
import { readTimetable } from '../../../runtime/schedule/timetable.ts'
import { endingOf, refusedBy } from '../engine/judge.ts'
import { Finding, type Target } from '../engine/target.ts'

/** The .env file beside a pipeline. */
export const envTarget: Target = {
  about: '.env files',
  form: 'bytes',
  short: 100,
  seeds: () => ['KEY=abc\nOTHER="a b"\n', "export KEY='x'#c\n", 'KEY=\n=\n', 'KEY="line\nline"', '\ufeffKEY=a'],
  words: ['KEY', '=', '"', "'", '`', '\n', '\\n', '#', '${KEY}', 'export ', '\0'],
  async open(folder) {
    return {
      async feed(input) {
        writeFileSync(join(folder, '.env'), input)
        const config = { path: { secret: 'FUZZ_KEY' }, quote: { secret: 'KEY' } }
        try {
          const { missing, values } = await resolveSecrets(config, folder, csv.config)
          return `${missing.length} missing of ${missing.length + values.length}`
        } catch (error) {
          return endingOf(error)
        }
      },
    }
  },
}

/** Schedules: the five parts and the zone. */
export const scheduleTarget: Target = {
  about: 'cron schedules and time zones',
  form: 'bytes',
  short: 60,
  seeds: () => [
    '0 2 * * *\nEurope/Berlin',
    '*/5 0-23/2 1,15 JAN-DEC MON#1\nUTC',
    '@daily\n',
    '0 0 31 2 *\nUTC',
    '* * L * 5L\n',
  ],
  words: [
    '*',
    '/',
    '-',
    ',',
    '?',
    'L',
    'W',
    '#',
    'MON',
    'FEB',
    '@yearly',
    '99999999999999999999',
    '0-59/0',
    ' ',
    'Europe/',
    'Etc/GMT+12',
  ],
  async open() {
    return {
      async feed(input) {
        const [cron = '', timeZone] = input.toString('utf8').split('\n')
        const read = await readTimetable({ cron, ...(timeZone && { timeZone }) })
        if ('part' in read) return refusedBy([{ severity: 'error', code: read.part, message: read.message, place: {} }])
        const times = read.between(Date.UTC(2026, 0, 1), Number.POSITIVE_INFINITY, 3)
        if (times.some((time) => !Number.isFinite(time))) throw new Finding('a schedule has a time that is none')
        return `${times.length} times`
      },
    }
  },
}
