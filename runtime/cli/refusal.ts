import { HeadraceError, type Place } from '../pipeline/problem.ts'
import { type ToParent, tellParent } from './parent.ts'
import { printError } from './print.ts'
import { logLine } from './voice/json.ts'

/** The exit code of a command that ends with an error instead of an answer. */
export function exitCodeOf(error: unknown): number {
  const code = error instanceof HeadraceError ? error.code : ''
  return { 'another-run': 4, interrupted: 130, terminated: 143, 'hung-up': 129 }[code] ?? 2
}

/** What --json prints of an error: an object as of a refused pipeline. */
export function refusal(error: unknown) {
  const { message } = error instanceof Error ? error : { message: String(error) }
  const { code, hint, place } =
    error instanceof HeadraceError ? error : { code: 'crash', hint: undefined, place: {} as Place }
  const problem = { severity: 'error', code, message, ...(hint && { hint }), place }
  return { status: 'refused', exitCode: exitCodeOf(error), problems: [problem] }
}

/** Says an error to whoever started the command: for people or as a line of the log, as JSON, to a parent process. */
export function tellRefusal(error: unknown, { json, log }: { json: boolean; log: boolean }): void {
  const told = refusal(error)
  if (log) logLine('error', 'refused', told.problems[0]?.message ?? '', told)
  else process.stderr.write(`${printError(error)}\n`)
  tellParent(parentRefusal(error))
  // Whoever asked for an object gets one, also when there is nothing but a refusal to tell.
  if (json) process.stdout.write(`${JSON.stringify(told)}\n`)
}

function parentRefusal(error: unknown): ToParent {
  const { code, message, hint } =
    error instanceof HeadraceError ? error : { code: 'crash', message: String(error), hint: undefined }
  return { type: 'refused', code, error: message, ...(hint && { hint }) }
}
