export { Account, type Count, type Failure } from './account.ts'
export { Batch } from './batch.ts'
export { type Coded, isCoded } from './coded.ts'
export { letGo } from './collect.ts'
export * from './column.ts'
export { concat, concatBatches } from './concat.ts'
export { type Descriptor, Receiver, Sender } from './descriptor.ts'
export { countBits, gather, setBit, slice } from './gather.ts'
export {
  addChecksums,
  type Checksum,
  emptyChecksum,
  Identity,
  type MixedOrigins,
  type Origin,
  readIdentity,
  sameChecksum,
  subtractChecksums,
} from './identity.ts'
export { maskOf } from './masks.ts'
export { type Block, Pool, type PoolHandle } from './pool.ts'
export { type ArrayType, Scope } from './scope.ts'
export { batchOf, bytesOf, columnOf } from './values.ts'
