import { tryMatrix } from './matrix.ts'

tryMatrix('ndjson')
