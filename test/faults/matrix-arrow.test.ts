import { tryMatrix } from './matrix.ts'

tryMatrix('arrow')
