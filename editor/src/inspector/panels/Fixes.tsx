import type { Problem } from '@headrace/runtime/api'

/** Buttons that mend a problem. */
export function Fixes({ problem }: { readonly problem: Problem }) {
  return problem.code === '' ? <span /> : null
}
