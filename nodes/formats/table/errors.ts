import { type GatherContext, HeadraceError } from '@headrace/runtime/sdk'

/** What DuckDB says of an error: with `errors_as_json` its message is JSON. */
export interface DuckError {
  /** `Binder`, `Parser`, `Out of Memory`. */
  readonly type: string
  /** One line. */
  readonly message: string
  /** Where in the statement, in bytes. */
  readonly position: number | null
  readonly subtype: string | null
  readonly name: string | null
  /** Names that may have been meant. */
  readonly candidates: readonly string[]
}

/** Reads a DuckDB error; null for an error of another kind. */
export function readDuckError(error: unknown): DuckError | null {
  if (!(error instanceof Error) || error instanceof HeadraceError) return null
  const start = error.message.indexOf('{"exception_type"')
  if (start < 0) {
    const [, type = '', message = ''] = /^([A-Z][A-Za-z ]*?) ?Error: (.*)$/s.exec(error.message) ?? []
    return type ? { type, message: oneLine(message), position: null, subtype: null, name: null, candidates: [] } : null
  }
  const said = parsed(error.message.slice(start))
  if (!said) return null
  return {
    type: said.exception_type ?? '',
    message: oneLine(said.exception_message ?? ''),
    position: said.position === undefined ? null : Number(said.position),
    subtype: said.error_subtype ?? null,
    name: said.name ?? null,
    candidates: said.candidates?.split(',').filter((name) => name !== '') ?? [],
  }
}

function parsed(json: string): Record<string, string | undefined> | null {
  try {
    // A cast: DuckDB writes texts only.
    return JSON.parse(json) as Record<string, string>
  } catch {
    return null
  }
}

/** The first line with what follows it up to a blank one, at most 300 characters. */
function oneLine(message: string): string {
  const [first = ''] = message.split(/\n\s*(?:\n|LINE |Stack Trace|Candidate |Did you mean)/)
  const line = first.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

/** An error of a node's work over all rows, as a user can act on it. */
export function runProblem<C>(error: unknown, { node, memory, folder }: GatherContext<C>): unknown {
  const said = readDuckError(error)
  if (!said) return error
  const place = { node }
  if (/No space left|Could not write.*(28|ENOSPC)|max_temp_directory_size/i.test(said.message)) {
    return new HeadraceError('disk-full', `"${node}" found no space left on the disk of ${folder}.`, {
      place,
      hint: 'Free some space and resume the run.',
      cause: error,
      fault: true,
    })
  }
  if (/^Out of Memory/i.test(said.type)) {
    return new HeadraceError('out-of-memory', `"${node}" needs more than its ${Math.round(memory / 2 ** 20)} MB.`, {
      place,
      hint: 'Give the run more with --memory, or fewer threads with --workers.',
      cause: error,
    })
  }
  if (/^IO/.test(said.type)) {
    return new HeadraceError('stage-failed', `"${node}" could not read or write what it stores: ${said.message}`, {
      place,
      cause: error,
      fault: true,
    })
  }
  return new HeadraceError('query-failed', `"${node}" stopped: ${said.message.replace(/\.$/, '')}.`, {
    place,
    cause: error,
  })
}
