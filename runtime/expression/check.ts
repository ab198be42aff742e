import type { ASTNode } from '@marcbachmann/cel-js'
import { nearest } from '../pipeline/problem.ts'
import type { Schema } from '../pipeline/schema.ts'
import { type ColumnType, typeName, types } from '../pipeline/types.ts'
import { callTree } from './call.ts'
import { type Constants, noConstants, runNames } from './constants.ts'
import { commonType, convert } from './convert.ts'
import { functionNamed } from './functions/index.ts'
import { arithmeticTree, compareTree, inTree } from './operators.ts'
import { ExpressionFault, type Parsed } from './parse.ts'
import type { Calculation, Comparison, Tree } from './tree.ts'

type NodeOf<Op extends ASTNode['op']> = Extract<ASTNode, { readonly op: Op }>

/** Gives every part of a parsed expression its type over columns; throws an ExpressionFault where one does not fit. */
export function check({ root, quoted }: Parsed, schema: Schema, constants: Constants = noConstants): Tree {
  return checkNode(root)

  function checkNode(node: ASTNode): Tree {
    const place = { start: node.start, end: node.end }
    switch (node.op) {
      case 'value':
        return literalTree(node.args, place)
      case 'id':
        return columnTree(quoted.get(node.start) ?? node.args, place)
      case '.':
        if (isGiven(node.args[0], node.args[1]))
          return givenTree(node.args[0].args, quoted.get(node.pos) ?? node.args[1], place)
        return fieldTree(checkNode(node.args[0]), quoted.get(node.pos) ?? node.args[1], place)
      case '[]':
        return indexTree(node)
      case '!_':
        return { op: 'not', type: types.bool, value: condition(checkNode(node.args), '!'), ...place }
      case '-_':
        return negated(node)
      case '&&':
      case '||': {
        const [left, right] = node.args.map((part) => condition(checkNode(part), node.op)) as [Tree, Tree]
        return { op: node.op === '&&' ? 'and' : 'or', type: types.bool, left, right, ...place }
      }
      case '?:': {
        const [asked, yes, no] = node.args.map(checkNode) as [Tree, Tree, Tree]
        const type = commonType(yes.type, no.type)
        if (!type) throw unlike('Both results of "? :" have one type', yes.type, no.type, place)
        const results = { yes: convert(yes, type), no: convert(no, type) }
        return { op: 'choose', type, condition: condition(asked, '? :'), ...results, ...place }
      }
      case 'list':
        return listTree(node.args.map(checkNode), place)
      case 'call':
      case 'rcall':
        return checkCall(node)
      case 'in':
        return inTree(checkNode(node.args[0]), checkNode(node.args[1]), place)
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return arithmeticTree(node.op satisfies Calculation, checkNode(node.args[0]), checkNode(node.args[1]), place)
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compareTree(node.op satisfies Comparison, checkNode(node.args[0]), checkNode(node.args[1]), place)
      default:
        throw new ExpressionFault('syntax', 'Maps and optional fields are not part of expressions.', place)
    }
  }

  /** `param.x` always, and `run.id` and `run.date`: whatever columns are called `param` or `run`. */
  function isGiven(object: ASTNode, name: string): object is NodeOf<'id'> {
    if (object.op !== 'id' || quoted.has(object.start)) return false
    return object.args === 'param' || (object.args === 'run' && runNames.has(name))
  }

  function givenTree(of: string, name: string, place: { start: number; end: number }): Tree {
    const known = of === 'param' ? constants.param : constants.run
    const found = Object.hasOwn(known, name) ? known[name] : undefined
    if (found) return { op: 'literal', ...found, ...place }
    const column = schema.indexOf(of) >= 0 ? ` The column "${of}" is row["${of}"].` : ''
    throw new ExpressionFault(
      'unknown-param',
      `There is no parameter "${name}"; ${adviceOnParam(name, known)}${column}`,
      place,
    )
  }

  function columnTree(name: string, place: { start: number; end: number }): Tree {
    const index = schema.indexOf(name)
    const field = schema.fields[index]
    if (field) return { op: 'column', type: field.type, index, name, ...place }
    const message = `There is no column "${name}"; ${adviceOnColumn(name, schema)}`
    throw new ExpressionFault('unknown-column', message, place)
  }

  function indexTree(node: NodeOf<'[]'>): Tree {
    const place = { start: node.start, end: node.end }
    const [object, key] = node.args
    const isRow = object.op === 'id' && object.args === 'row' && !quoted.has(object.start)
    if (isRow && key.op === 'value' && typeof key.args === 'string') return columnTree(key.args, place)
    if (key.op === 'value' && typeof key.args === 'string' && isGiven(object, key.args))
      return givenTree(object.args, key.args, place)
    const list = checkNode(object)
    if (list.type.kind === 'struct') {
      if (key.op === 'value' && typeof key.args === 'string') return fieldTree(list, key.args, place)
      throw new ExpressionFault('wrong-type', 'A field of a struct is asked for by its name as a text.', key)
    }
    const at = checkNode(key)
    if (list.type.kind !== 'list' && list.type.kind !== 'fixed' && list.type.kind !== 'null')
      throw new ExpressionFault(
        'wrong-type',
        `Only a list has items, not a value of type ${typeName(list.type)}.`,
        list,
      )
    if (at.type.kind !== 'int' && at.type.kind !== 'null')
      throw new ExpressionFault('wrong-type', `A list's index is a whole number, not ${typeName(at.type)}.`, at)
    const type = list.type.kind === 'null' ? types.null : list.type.item
    return { op: 'index', type, list, at: convert(at, types.int64), ...place }
  }

  function negated(node: NodeOf<'-_'>): Tree {
    const place = { start: node.start, end: node.end }
    const inner = node.args
    if (inner.op === 'value' && typeof inner.args === 'bigint') return literalTree(-inner.args, place)
    const value = checkNode(inner)
    const number = ['int', 'float', 'decimal', 'null'].includes(value.type.kind)
    if (!number) throw new ExpressionFault('wrong-type', `"-" takes a number, not ${typeName(value.type)}.`, place)
    const type = value.type.kind === 'int' || value.type.kind === 'null' ? types.int64 : types.float64
    return { op: 'negate', type, value: convert(value, type), ...place }
  }

  function checkCall(node: NodeOf<'call'> | NodeOf<'rcall'>): Tree {
    const place = { start: node.start, end: node.end }
    const name = node.args[0]
    const called = functionNamed.get(name)
    if (!called) {
      const near = nearest(name, functionNamed.keys())
      const advice = near ? `; did you mean "${near}"?` : `. There are ${[...functionNamed.keys()].join(', ')}.`
      throw new ExpressionFault('unknown-function', `There is no function "${name}"${advice}`, place)
    }
    const parts = node.op === 'call' ? node.args[1] : [node.args[1], ...node.args[2]]
    return callTree(called, parts.map(checkNode), place)
  }
}

function adviceOnColumn(name: string, schema: Schema): string {
  const near = nearest(
    name,
    schema.fields.map((field) => field.name),
  )
  if (near) return `did you mean "${near}"?`
  if (functionNamed.has(name)) return `${functionNamed.get(name)?.signature} is a function.`
  if (name === 'param') return 'a parameter is param.name.'
  if (name === 'run') return 'there are run.id and run.date.'
  if (name === 'row') return 'a column is row["its name"].'
  const names = schema.fields.slice(0, 12).map((field) => `"${field.name}"`)
  if (names.length === 0) return 'there are none.'
  return `there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}${schema.fields.length > 12 ? ', …' : ''}.`
}

function adviceOnParam(name: string, known: Constants['param']): string {
  const names = Object.keys(known)
  const near = nearest(name, names)
  if (near) return `did you mean "${near}"?`
  return names.length ? `there are ${names.map((one) => `"${one}"`).join(', ')}.` : 'the pipeline has none.'
}

function literalTree(args: unknown, place: { start: number; end: number }): Tree {
  if (args === null) return { op: 'literal', type: types.null, value: null, ...place }
  if (typeof args === 'boolean') return { op: 'literal', type: types.bool, value: args, ...place }
  if (typeof args === 'number') return { op: 'literal', type: types.float64, value: args, ...place }
  if (typeof args === 'string') return { op: 'literal', type: types.string, value: args, ...place }
  if (args instanceof Uint8Array) return { op: 'literal', type: types.binary, value: args, ...place }
  // A bigint, or cel-js's UnsignedInt, whose value is one.
  const value = BigInt((args as { valueOf(): bigint }).valueOf())
  if (value >= -(2n ** 63n) && value < 2n ** 63n) return { op: 'literal', type: types.int64, value, ...place }
  if (typeof args !== 'bigint') return { op: 'literal', type: types.uint64, value, ...place }
  const message = `${value} does not fit into int64 (${-(2n ** 63n)} to ${2n ** 63n - 1n}).`
  throw new ExpressionFault('overflow', message, place)
}

function fieldTree(object: Tree, name: string, place: { start: number; end: number }): Tree {
  if (object.type.kind === 'null') return { ...object, ...place }
  if (object.type.kind !== 'struct') {
    const method = functionNamed.has(name) ? `; the function is written ${name}(…)` : ''
    const message = `Only a struct has fields such as "${name}", not a value of type ${typeName(object.type)}${method}.`
    throw new ExpressionFault('wrong-type', message, place)
  }
  const names = object.type.fields.map((field) => field.name)
  const field = names.indexOf(name)
  if (field >= 0) return { op: 'field', type: object.type.fields[field]?.type as ColumnType, object, field, ...place }
  const near = nearest(name, names)
  const advice = near ? `did you mean "${near}"?` : `there are ${names.join(', ')}.`
  throw new ExpressionFault('unknown-field', `There is no field "${name}"; ${advice}`, place)
}

function condition(tree: Tree, operator: string): Tree {
  if (tree.type.kind === 'bool') return tree
  if (tree.type.kind === 'null') return convert(tree, types.bool)
  throw new ExpressionFault('wrong-type', `"${operator}" takes a bool, not ${typeName(tree.type)}.`, tree)
}

function listTree(items: readonly Tree[], place: { start: number; end: number }): Tree {
  let type: ColumnType = types.null
  for (const item of items) {
    const common = commonType(type, item.type)
    if (!common) throw unlike('The items of a list have one type', type, item.type, item)
    type = common
  }
  return { op: 'list', type: { kind: 'list', item: type }, items: items.map((item) => convert(item, type)), ...place }
}

function unlike(rule: string, a: ColumnType, b: ColumnType, place: { start: number; end: number }): ExpressionFault {
  return new ExpressionFault('wrong-type', `${rule}, not ${typeName(a)} and ${typeName(b)}.`, place)
}
