// What the server and the page say to one another: types alone, so that the page takes them without the server's code.
// REST lies under /api/, the socket is socket.io on the same port. Both ask for the token.

export type { Report } from '../../engine/report.ts'
export type { Snapshot } from '../../engine/snapshot.ts'
export type { Problem } from '../../pipeline/problem.ts'
export type { Json } from '../../sdk/node.ts'
export type * from './events.ts'
export type * from './files.ts'
export type * from './library.ts'
export type * from './pipelines.ts'
export type * from './rows.ts'
export type * from './runs.ts'
export type * from './schedules.ts'
export type * from './tests.ts'
export type * from './trace.ts'
