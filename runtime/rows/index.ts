export { jsonText } from './jsontext.ts'
export { mostRows, pageOf, pageOfBatches, pageOfRows, rowReaders } from './page.ts'
export { profileOf } from './profile.ts'
export { cellOfRejected } from './rejected.ts'
