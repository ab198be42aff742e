import { usualInputs } from '../pipeline/usualinputs.ts'
import type { NodeDefinition } from '../sdk/node.ts'

export interface Setting {
  readonly name: string
  readonly type: string
  readonly required: boolean
  /** The default as JSON; undefined where there is none. */
  readonly fallback: string | undefined
  readonly description: string
}

interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly format?: string
  readonly default?: unknown
  readonly description?: string
}

/** A node's settings as its schema declares them. */
export function settingsOf(node: NodeDefinition): Setting[] {
  const { properties = {}, required = [] } = node.config as Schema
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeText(schema),
    // A setting with a default may be left out, whatever the schema's own list says.
    required: required.includes(name) && schema.default === undefined,
    fallback: schema.default === undefined ? undefined : JSON.stringify(schema.default),
    description: schema.description ?? '',
  }))
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeText))].join(' | ')
  if (schema.type === 'array') return `list of ${schema.items ? typeText(schema.items) : 'values'}`
  if (schema.patternProperties) return `{name: ${Object.values(schema.patternProperties).map(typeText).join(' | ')}}`
  if (schema.properties) return `{${Object.keys(schema.properties).join(', ')}}`
  return schema.format ?? schema.type ?? 'any'
}

/** The reference of nodes as Markdown: what each does, its settings, its examples. */
export function reference(all: Readonly<Record<string, NodeDefinition>>): string {
  return Object.entries(all)
    .map(([type, node]) => {
      const rows = settingsOf(node).map(
        ({ name, type: kind, required, fallback, description }) =>
          `| \`${name}\` | ${cell(kind)} | ${required ? 'required' : fallback === undefined ? '' : `\`${cell(fallback)}\``} | ${cell(description)} |`,
      )
      const settings = rows.length
        ? ['| setting | type | default | |', '|---|---|---|---|', ...rows].join('\n')
        : 'It has no settings.'
      const examples = node.examples.map(
        ({ title, config }) => `${title}:\n\n\`\`\`json\n${JSON.stringify({ type, config })}\n\`\`\``,
      )
      return [`### \`${type}\``, node.description, ...inputsText(node), settings, ...examples].join('\n\n')
    })
    .join('\n\n')
}

/** The names of a node's inputs, where it has more than the usual one. */
export function inputsText(node: NodeDefinition): string[] {
  const inputs = usualInputs(node)
  if (inputs === null) return ['Its edges name its inputs: `"to": "NODE.orders"`.']
  if (inputs.every((input) => input === '')) return []
  return [
    `Its inputs: ${inputs.map((input) => `\`${input}\``).join(', ')}. An edge names one: \`"to": "NODE.${inputs[0]}"\`.`,
  ]
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
