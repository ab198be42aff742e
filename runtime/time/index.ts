export * from './calendar.ts'
export * from './moment.ts'
export * from './strptime.ts'
export * from './zone.ts'
