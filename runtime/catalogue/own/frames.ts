import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A place in code that somebody wrote beside a pipeline. */
export interface OwnPlace {
  /** From the current folder where it lies near it, else absolute. */
  readonly file: string
  readonly line: number
  readonly position: number
}

/** The innermost place of own code in an error's stack: its modules are known by their mark (`hooks.ts`). */
export function ownPlace(stack: string | undefined): OwnPlace | null {
  const [, url, line, position] = /(file:\/\/[^\s()]+)\?headrace=\d+:(\d+):(\d+)/.exec(stack ?? '') ?? []
  if (url === undefined) return null
  const file = fileURLToPath(url)
  const near = relative(process.cwd(), file)
  return { file: near.startsWith('..') ? file : near, line: Number(line), position: Number(position) }
}
