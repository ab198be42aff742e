import type { Json, Problem } from '@headrace/runtime/api'
import type { Setting } from './field.ts'
import { isUnder } from './path.ts'

type Config = { readonly [setting: string]: Json }

export interface Arranged {
  /** What the node needs, what is set, and what has a problem. */
  readonly first: readonly Setting[]
  readonly more: readonly Setting[]
  /** What becomes of a row that fails has a place of its own. */
  readonly onError: Setting | undefined
}

/** So few settings are shown at once, whether they are needed or not. */
const fewEnough = 2
/** Settings of every node of a kind come after its own. */
const ofEveryNode = ['ifEmpty', 'timeout']

/** Which settings are seen at once; `held`: those that were, while none may move. */
export function arranged(
  settings: readonly Setting[],
  config: Config,
  problems: readonly Problem[],
  held: readonly string[] | null,
): Arranged {
  const own = settings.filter(({ name }) => name !== 'onError')
  const declared = own.filter(({ name }) => !ofEveryNode.includes(name))
  const ordered = [...declared, ...own.filter(({ name }) => ofEveryNode.includes(name))]
  const needed = declared.some(({ required }) => required)
  const isFirst = ({ name, required }: Setting) => {
    if (held) return held.includes(name)
    const common = !ofEveryNode.includes(name) && (!needed || declared.length <= fewEnough)
    return (
      required || common || config[name] !== undefined || problems.some(({ place }) => isUnder(place.setting, [name]))
    )
  }
  const first = ordered.filter(isFirst)
  return {
    first,
    more: ordered.filter((setting) => !first.includes(setting)),
    onError: settings.find(({ name }) => name === 'onError'),
  }
}

/** Settings in the file that the node does not have. */
export const unknownSettings = (settings: readonly Setting[], config: Config): readonly string[] =>
  Object.keys(config).filter((name) => !settings.some((setting) => setting.name === name))
