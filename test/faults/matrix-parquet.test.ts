import { tryMatrix } from './matrix.ts'

tryMatrix('parquet')
