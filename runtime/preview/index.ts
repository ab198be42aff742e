export { PreviewProcess } from './client.ts'
export type { PreviewTask } from './preview.ts'
export type { SearchTask } from './search.ts'
