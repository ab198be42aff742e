import type { Fix } from '../fix.ts'
import { type Ask, type Maker, meantIn, setFix } from './ask.ts'

/** A name that is no function: the nearest that is one. */
export const unknownFunction: Maker = (ask) => {
  const [, wrong] = /no function "(.*?)"/.exec(ask.problem.message) ?? []
  return replacing(ask, wrong, (meant) => `Use ${meant}(…)`)
}

/** A field that a struct has not: the nearest one. */
export const unknownField: Maker = (ask) => {
  const [, wrong] = /no field "(.*?)"/s.exec(ask.problem.message) ?? []
  return replacing(ask, wrong, (meant) => `Use \`${meant}\` instead of \`${wrong}\``)
}

function replacing(ask: Ask, wrong: string | undefined, title: (meant: string) => string): Fix[] {
  const { problem, value, path } = ask
  const meant = meantIn(problem.message)
  const { span } = problem.place
  if (!meant || !wrong || !span || typeof value !== 'string') return []
  const at = value.indexOf(wrong, span[0])
  if (at < 0 || at >= span[1]) return []
  return [setFix(title(meant), ask, path, value.slice(0, at) + meant + value.slice(at + wrong.length))]
}

/** What other languages write: one `=`, `&` or `|`; a name that needs backticks. */
export const syntax: Maker = (ask) => {
  const { problem, value, path } = ask
  const { span } = problem.place
  if (typeof value !== 'string' || !span) return []
  const [at] = span
  const sign = value[at] ?? ''
  if (/write (==|&&|\|\|)/.test(problem.message) && /[=&|]/.test(sign)) {
    const next = value.slice(0, at) + sign + value.slice(at)
    return [setFix(`Write ${sign}${sign}`, ask, path, next)]
  }
  if (!/written in backticks/.test(problem.message)) return []
  const start = at - (/[\p{L}\p{N}_]*$/u.exec(value.slice(0, at))?.[0].length ?? 0)
  const name = /^[\p{L}\p{N}_]+/u.exec(value.slice(start))?.[0] ?? ''
  if (name === '') return []
  return [
    setFix(
      `Write \`${name}\` in backticks`,
      ask,
      path,
      `${value.slice(0, start)}\`${name}\`${value.slice(start + name.length)}`,
    ),
  ]
}
