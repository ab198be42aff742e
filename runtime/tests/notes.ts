import { keyLine, type Path, type Positions, placeAt } from '../pipeline/positions.ts'
import type { Problem } from '../pipeline/problem.ts'

/** Notes what is wrong with a file of tests, with its line. */
export interface Notes {
  readonly problems: Problem[]
  /** At a value; `severity` is an error where it is not said. */
  readonly at: (path: Path, problem: Noted) => void
  /** At a key itself. */
  readonly key: (path: Path, key: string, problem: Noted) => void
}

type Noted = Omit<Problem, 'place' | 'severity'> & { readonly severity?: Problem['severity'] }

/** Collects problems with their places in the file. */
export function notesIn(positions: Positions): Notes {
  const problems: Problem[] = []
  const add = ({ severity = 'error', ...problem }: Noted, place: Problem['place']) =>
    problems.push({ severity, ...problem, place })
  return {
    problems,
    at: (path, problem) => add(problem, placeAt(positions, path)),
    key: (path, key, problem) => add(problem, { ...placeAt(positions, []), ...keyLine(positions, path, key) }),
  }
}
