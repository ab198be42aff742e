import type { Node } from 'jsonc-parser'
import type { Json } from '../../sdk/node.ts'
import { rewritten } from '../edit/rewrite.ts'
import { styleOf } from '../edit/textstyle.ts'
import { readJson } from '../json.ts'
import { properties } from '../positions.ts'

const fresh = '{\n  "headrace-test": 1,\n  "tests": []\n}\n'

/**
 * The text of a file of tests with other tests in it: only what changed is written anew, in the file's own style. An
 * empty text becomes a whole file. Null where the text holds no list of tests.
 */
export function editTests(text: string, change: (tests: readonly Json[]) => readonly Json[]): string | null {
  const { positions, value } = readJson(text.trim() ? text : fresh)
  const root: Node | undefined = positions.root
  const tests = root?.type === 'object' ? properties(root).find(({ key }) => key === 'tests')?.node : undefined
  if (!root || tests?.type !== 'array') return null
  const before = (value as { readonly tests: readonly Json[] }).tests
  const body = positions.text
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  const list = rewritten(tests, before, change(before), ['tests'], styleOf(body, root))
  return mark + body.slice(0, tests.offset) + list + body.slice(tests.offset + tests.length)
}
