export { pageOf, pageOfRows } from './page.ts'
export { cellOfRejected } from './rejected.ts'
