import { lineAt, offsetInText, type Positions, placeAt, settingNode } from './positions.ts'
import type { Place } from './problem.ts'

/** The place of a node, or of one of its settings, in the pipeline's file; `span`: characters inside the setting's text. */
export function placeOf(
  positions: Positions | undefined,
  node: string,
  setting = '',
  span?: readonly [start: number, end: number],
): Place {
  const named = { node, ...(setting && { setting }), ...(span && { span }) }
  if (!positions) return named
  if (!setting) return { ...named, ...placeAt(positions, ['nodes', node]) }
  const value = settingNode(positions, node, setting)
  const inside = span && value?.type === 'string' ? offsetInText(positions, value, span[0]) : value?.offset
  return { ...named, ...placeAt(positions, []), ...(inside !== undefined && lineAt(positions, inside)) }
}

/** The settings whose value is a text, by their paths, in order. */
export function settingsWithText(config: unknown, text: string, path = ''): string[] {
  if (config === text) return [path]
  if (Array.isArray(config)) return config.flatMap((item, i) => settingsWithText(item, text, `${path}[${i}]`))
  if (typeof config !== 'object' || config === null) return []
  return Object.entries(config).flatMap(([key, item]) => settingsWithText(item, text, path ? `${path}.${key}` : key))
}
