import type { GivenParam } from '../pipeline/params/resolve.ts'
import type { Json } from '../sdk/node.ts'

/** Values of parameters by their names, as the page has them. */
export type PageParams = { readonly [name: string]: Json }

/** Values that come from the page; what the pipeline no longer has is passed over. */
export function givenByPage(params: PageParams = {}): GivenParam[] {
  return Object.entries(params).map(([name, value]) => ({ name, value, by: '', recorded: true }))
}
