import { existsSync } from 'node:fs'
import { type PinSettings, pinOf } from '../drift/pin.ts'
import type { Probed } from '../pipeline/prepare.ts'
import type { Problem } from '../pipeline/problem.ts'
import { isSecret, shapeOf } from '../pipeline/shape.ts'
import type { NodeDefinition, SourceProbe } from '../sdk/node.ts'
import { isPattern, pathSettings } from './pathsettings.ts'

/** A node as a check without data sees it. */
interface Seen {
  readonly id: string
  readonly definition: NodeDefinition
  readonly config: Readonly<Record<string, unknown>>
  readonly resolve: (path: string) => string
}

/**
 * What is known of a node where the data is not: of a source what is pinned, of a model or a transform nothing where its
 * files are missing. Null: it can look as always.
 */
export function withoutData({ id, definition, config, resolve }: Seen): Probed | null {
  const paths = pathSettings(definition.config, config)
  if (definition.kind === 'source') return sourceWithoutData(id, definition, config, paths.length > 0)
  if (Object.values(config).some(isSecret)) return { probe: null, problems: [], unknown: true }
  if (definition.kind === 'sink') return null
  const missing = paths.find(({ path }) => !isPattern(path) && !existsSync(resolve(path)))
  if (!missing) return null
  const { setting, path } = missing
  const message = `"${path}" is not there: the columns after ${id} are not known`
  const hint = 'Where it is there too, they are checked.'
  return { ...nothing({ severity: 'warning', code: 'not-there', message, hint, place: { node: id, setting } }) }
}

const nothing = (problem: Problem): Probed => ({ probe: null, problems: [problem], unknown: true })

function sourceWithoutData(id: string, definition: NodeDefinition, config: object, hasFiles: boolean): Probed | null {
  const { pin } = pinOf(config as PinSettings)
  if (pin) {
    const probe: SourceProbe = { columns: pin.columns, files: [], data: { runs: [] } }
    return { probe, problems: [] }
  }
  const asksOthers = Object.values(shapeOf(definition.config).properties ?? {}).some(
    (property) => shapeOf(property).format === 'secret',
  )
  if (!hasFiles && !asksOthers) return null
  return nothing({
    severity: 'error',
    code: 'not-pinned',
    message: `${id} has no pinned columns, and without its data nobody knows them`,
    hint: 'Pin them: "pin": { "id": "int64", "name": "string" }. "Pin columns" in the page writes what the files have.',
    place: { node: id },
  })
}
