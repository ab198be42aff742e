/** The contract's version; a node library made for another is refused when it is loaded. */
export const contract = 1

export { type Static, Type } from 'typebox'
export * from '../memory/index.ts'
export { HeadraceError, nearest, type Place, type Problem } from '../pipeline/problem.ts'
export { Schema } from '../pipeline/schema.ts'
export * from '../pipeline/types.ts'
export * from './node.ts'
