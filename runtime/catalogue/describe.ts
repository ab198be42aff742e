import type { Checked } from '../pipeline/check.ts'
import { thrown } from '../pipeline/columns.ts'
import type { DescribeAnswer, Described, DescribeQuestion, Lacking } from '../pipeline/described.ts'
import { HeadraceError } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import type { TableNode } from '../sdk/node.ts'

/** Of each node type so many answers are kept. */
const most = 500

interface Answers {
  readonly get: (definition: TableNode) => Map<string, DescribeAnswer> | undefined
  readonly set: (definition: TableNode, answers: Map<string, DescribeAnswer>) => unknown
}

/** What nodes answered, for as long as their types are loaded: an answer depends on settings and columns alone. */
const kept: Answers = new WeakMap()

/** Checks, asks the nodes whose answers the check lacked, and checks again until it lacks none. */
export async function describeAll(check: (described: Described) => Checked, signal?: AbortSignal): Promise<Checked> {
  // What this check asked it has, kept or not.
  const own: Answers = new Map()
  const described: Described = (question) => {
    const key = keyOf(question)
    return kept.get(question.definition)?.get(key) ?? own.get(question.definition)?.get(key)
  }
  for (;;) {
    const checked = check(described)
    if (checked.lacking.length === 0) return checked
    await Promise.all(
      checked.lacking.map(async (one) => {
        const { answer, keep } = await ask(one, signal ?? new AbortController().signal)
        answersIn(own, one.definition).set(keyOf(one), answer)
        if (!keep) return
        const answers = answersIn(kept, one.definition)
        if (answers.size >= most) answers.delete(answers.keys().next().value as string)
        answers.set(keyOf(one), answer)
      }),
    )
  }
}

function answersIn(all: Answers, definition: TableNode): Map<string, DescribeAnswer> {
  const answers = all.get(definition) ?? new Map<string, DescribeAnswer>()
  all.set(definition, answers)
  return answers
}

/** Asks a node; a fault of the surroundings or of the node itself is not kept. */
async function ask({ definition, config, inputs }: Lacking, signal: AbortSignal) {
  try {
    // The settings were checked against the node's own schema, from which its functions take their types.
    const described = (await definition.describe?.({ config: config as never, inputs, signal })) ?? null
    return { answer: { described }, keep: true }
  } catch (error) {
    signal.throwIfAborted()
    return { answer: { problem: thrown(error) }, keep: error instanceof HeadraceError && !error.fault }
  }
}

const keyOf = ({ config, inputs }: DescribeQuestion): string =>
  JSON.stringify([config, Object.entries(inputs).map(([name, schema]) => [name, textOf(schema)])])

const texts = new WeakMap<Schema, string>()

function textOf(schema: Schema): string {
  const text = texts.get(schema) ?? JSON.stringify(schema.fields)
  texts.set(schema, text)
  return text
}
