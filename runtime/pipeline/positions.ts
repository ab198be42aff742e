import type { Node } from 'jsonc-parser'
import type { Place } from './problem.ts'

/** Where everything stands in a pipeline's text: the tree of values with their offsets. */
export interface Positions {
  readonly file: string | undefined
  readonly text: string
  /** The offset at which each line starts. */
  readonly lines: readonly number[]
  readonly root: Node | undefined
}

export type Path = readonly (string | number)[]

/** Finds the lines of a text; a line ends with LF. */
export function lineStarts(text: string): number[] {
  const lines = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return lines
}

/** The line of a value and its character in the line, both from 1; of what stands around it where it is missing. */
export function lineOf(positions: Positions, path: Path): { line: number; position: number } {
  return lineAt(positions, (deepest(positions.root, path)?.offset as number | undefined) ?? 0)
}

/** The line of a key itself, and its character, both from 1. */
export function keyLine(positions: Positions, path: Path, key: string): { line: number; position: number } {
  const object = deepest(positions.root, path)
  const found = object && properties(object).find((property) => property.key === key)
  return found ? lineAt(positions, found.offset) : lineOf(positions, path)
}

/** Line and character, from 1, of an offset. */
export function lineAt({ lines }: Pick<Positions, 'lines'>, offset: number): { line: number; position: number } {
  let low = 0
  let high = lines.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lines[middle] as number) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, position: offset - (lines[low] as number) + 1 }
}

/** The place of a value by its path in the file. */
export function placeAt(positions: Positions | undefined, path: Path): Place {
  if (!positions) return {}
  return { ...(positions.file !== undefined && { file: positions.file }), ...lineOf(positions, path) }
}

/** A setting's value in the file, by its path as text: `columns.price`, `routes[2].where`; names may hold any character. */
export function settingNode(positions: Positions, node: string, setting: string): Node | undefined {
  const around = deepest(positions.root, ['nodes', node])
  const config = around && childOf(around, 'config')
  return config ? settingIn(config, setting) : around
}

function settingIn(value: Node, setting: string): Node {
  if (setting === '') return value
  if (value.type === 'array') {
    const [, index, rest = ''] = /^\[([0-9]+)\]\.?(.*)$/s.exec(setting) ?? []
    const item = index === undefined ? undefined : value.children?.[Number(index)]
    return item ? settingIn(item, rest) : value
  }
  if (value.type !== 'object') return value
  let best: { node: Node; rest: string; length: number } | undefined
  for (const { key, node } of properties(value)) {
    if (!setting.startsWith(key) || (best && best.length >= key.length)) continue
    const rest = setting.slice(key.length)
    if (rest === '' || rest[0] === '.') best = { node, rest: rest.slice(1), length: key.length }
    else if (rest[0] === '[') best = { node, rest, length: key.length }
  }
  return best ? settingIn(best.node, best.rest) : value
}

/** The offset in the file of the n-th character of a text value; escapes make it later than the plain sum. */
export function offsetInText(positions: Positions, value: Node, character: number): number {
  let at = value.offset + 1
  for (let passed = 0; passed < character; passed++) {
    if (positions.text[at] !== '\\') at++
    else at += positions.text[at + 1] === 'u' ? 6 : 2
  }
  return at
}

/** The properties of an object of the tree, with the offset of each key. */
export function properties(object: Node): { key: string; offset: number; node: Node }[] {
  return (object.children ?? []).flatMap(({ children }) => {
    const [name, node] = children ?? []
    return name && node ? [{ key: name.value as string, offset: name.offset, node }] : []
  })
}

/** The value at a path, or the innermost one around it that is there. */
function deepest(root: Node | undefined, path: Path): Node | undefined {
  let value = root
  for (const part of path) {
    const inner = value && childOf(value, part)
    if (!inner) return value
    value = inner
  }
  return value
}

function childOf(value: Node, part: string | number): Node | undefined {
  if (value.type === 'array') return typeof part === 'number' ? value.children?.[part] : undefined
  if (value.type !== 'object') return undefined
  return value.children?.find(({ children }) => children?.[0]?.value === part)?.children?.[1]
}
