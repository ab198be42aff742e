import { deepStrictEqual, match, ok } from 'node:assert/strict'
import { withDefaults } from '../../pipeline/settings.ts'
import { shapeOf } from '../../pipeline/shape.ts'
import { checkSettings } from '../../pipeline/validate.ts'
import type { NodeDefinition } from '../../sdk/node.ts'
import type { Promised } from './index.ts'

/** What a node says about itself: title, sentence, settings, examples. */
export function saysWhatItIs(node: NodeDefinition): Promised[] {
  const { properties = {} } = shapeOf(node.config)
  return [
    {
      name: 'says what it is: a title, a sentence, an example',
      check: async () => {
        ok(node.title.trim(), 'title is empty')
        match(
          node.description,
          /^[A-Z].*\.$/s,
          'description must be a sentence: a capital first, a full stop at its end',
        )
        ok(node.examples.length > 0, 'examples is empty: add one, it shows and tests what the node does')
        for (const { title } of node.examples) ok(title, 'an example has no title')
      },
    },
    {
      name: 'describes every setting, and its examples check',
      check: async () => {
        for (const [setting, schema] of Object.entries(properties))
          ok(shapeOf(schema).description?.trim(), `the setting ${setting} has no description`)
        for (const { title, config } of node.examples)
          deepStrictEqual(checkSettings(node.config, config), [], `the settings of the example "${title}" are wrong`)
      },
    },
    {
      name: 'reports a setting that it does not know',
      check: async () => {
        const problems = checkSettings(node.config, { ...node.examples[0]?.config, nosuchsetting: 1 })
        deepStrictEqual(
          problems.map(({ setting }) => setting),
          ['nosuchsetting'],
        )
      },
    },
    ...(node.summary ? [saysItsSettings(node)] : []),
  ]
}

const saysItsSettings = (node: NodeDefinition): Promised => ({
  name: 'says in one line what its settings are, for the card',
  check: async () => {
    for (const { title, config } of node.examples) {
      const said = node.summary?.(withDefaults(node.config, config) as never) ?? ''
      match(said, /^\S.*\S$/, `the summary of the example "${title}" is not one line of text`)
      ok(!/undefined|\[object|\/.*\/.*\/.*\//.test(said), `the summary of the example "${title}" is "${said}"`)
    }
  },
})
