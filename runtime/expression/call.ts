import { typeName } from '../pipeline/types.ts'
import { convert } from './convert.ts'
import { type ExpressionFunction, literalOf, type Parameter } from './function.ts'
import { ExpressionFault } from './parse.ts'
import { RowFailure, type Tree } from './tree.ts'

/** A function's call with its arguments checked; some functions become operators. */
export function callTree(
  called: ExpressionFunction,
  given: readonly Tree[],
  place: { readonly start: number; readonly end: number },
): Tree {
  refuseCount(called, given.length, place)
  const args = given.map((arg, i) => {
    const parameter = called.parameters[Math.min(i, called.parameters.length - 1)] as Parameter
    if (arg.type.kind !== 'null' && !parameter.accepts(arg.type)) {
      const message = `${called.signature} takes ${parameter.wanted} as "${parameter.name}", not ${typeName(arg.type)}.`
      throw new ExpressionFault('wrong-type', message, arg)
    }
    if (parameter.literal && (literalOf(arg) ?? null) === null) {
      const message = `The "${parameter.name}" of ${called.signature} must be written out in the expression.`
      throw new ExpressionFault('wrong-arguments', message, arg)
    }
    return parameter.as ? convert(arg, parameter.as) : arg
  })
  const type = typeof called.result === 'function' ? called.result(args) : called.result
  if (type instanceof RowFailure) throw asFault(type, args.at(-1) ?? place)
  const tree = called.becomes?.(args, place)
  if (tree instanceof RowFailure) throw asFault(tree, place)
  return tree ?? { op: 'call', type, called, args, ...place }
}

function refuseCount(called: ExpressionFunction, count: number, place: { start: number; end: number }): void {
  const least = called.parameters.filter((parameter) => !parameter.optional).length
  const most = called.variadic ? Infinity : called.parameters.length
  if (count >= least && count <= most) return
  const wanted = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} or ${most}`
  const message = `${called.signature} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${count}.`
  throw new ExpressionFault('wrong-arguments', message, place)
}

const asFault = ({ code, message }: RowFailure, place: { start: number; end: number }): ExpressionFault =>
  new ExpressionFault(code, `${message}.`, place)
