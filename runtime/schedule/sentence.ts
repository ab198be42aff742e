const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const shortDays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const nicknames: { readonly [name: string]: string } = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
}

/** A usual schedule in words: "every day at 02:00"; empty where only its next times can say it. */
export function sentenceOf(cron: string): string {
  const [minute = '', hour = '', day, month, weekday = ''] = (
    nicknames[cron.trim().toLowerCase()] ?? cron.trim()
  ).split(/\s+/)
  if (month !== '*') return ''
  const step = /^\*\/(\d+)$/.exec(minute)?.[1]
  const anyDay = day === '*' && weekday === '*'
  if (anyDay && hour === '*' && minute === '*') return 'every minute'
  if (anyDay && hour === '*' && step) return `every ${step} minutes`
  if (!isNumber(minute)) return ''
  if (anyDay && hour === '*') return `every hour at ${two(minute)} past`
  const hours = /^\*\/(\d+)$/.exec(hour)?.[1]
  if (anyDay && hours) return `every ${hours} hours at ${two(minute)} past`
  const at = hour.split(',').map((one) => `${two(one)}:${two(minute)}`)
  if (!hour.split(',').every(isNumber)) return ''
  const times = inWords(at)
  if (anyDay) return `every day at ${times}`
  if (weekday === '*') return isNumber(day ?? '') ? `on day ${Number(day)} of every month at ${times}` : ''
  if (day !== '*') return ''
  if (/^(1-5|mon-fri)$/i.test(weekday)) return `Monday to Friday at ${times}`
  const named = weekday.split(',').map(dayOf)
  return named.every((one) => one !== undefined) ? `every ${inWords(named)} at ${times}` : ''
}

const isNumber = (text: string): boolean => /^\d{1,2}$/.test(text)
const two = (text: string): string => text.padStart(2, '0')
const dayOf = (text: string): string | undefined =>
  days[/^[0-7]$/.test(text) ? Number(text) : shortDays.indexOf(text.toLowerCase())]

const inWords = (parts: readonly (string | undefined)[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
