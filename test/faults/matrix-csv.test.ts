import { tryMatrix } from './matrix.ts'

tryMatrix('csv')
