import { expect, test } from 'vitest'
import { Served, small } from './serve.ts'

interface Described {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: { readonly [name: string]: Schema } }
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: {
    readonly [status: string]: { readonly content?: { readonly [type: string]: { schema?: Schema } } }
  }
}

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema
}

const served = await Served.start({ 'a.json': small(), 'data/a.csv': 'x\n1\n' })
const described = await served.get<Described>('openapi.json')

/** What express keeps of its routes; its own types leave out what is nested. */
interface Layer {
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method: string }[] }
  readonly handle: { readonly stack?: readonly Layer[] }
}

/** Every route below a router, as `get /pipelines/{id}`. */
function routesOf(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return routesOf(handle.stack ?? [])
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    return route.stack.map(({ method }) => `${method} ${path}`)
  })
}

test('every route of the server is described, and nothing else', () => {
  const { app } = served.server as NonNullable<typeof served.server>
  const there = routesOf(app.router.stack as unknown as Layer[]).filter((route) => route !== 'get /')
  const told = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(told.sort()).toEqual(there.sort())
  expect(told.length).toBeGreaterThan(25)
})

test('ids are unique, parameters of the path are named, and every schema that is named is there', () => {
  const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods))
  const ids = operations.map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const { parameters = [] } of Object.values(methods)) {
      const named = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`)
      expect(named).toEqual(path.match(/\{\w+\}/g) ?? [])
    }
  }
  const names = [...JSON.stringify(described).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name)
  expect(names.filter((name) => !described.components.schemas[name])).toEqual([])
  expect(Object.keys(described.components.schemas).filter((name) => !names.includes(name))).toEqual([])
})

/** What in a value is not as the schema says, by its path. */
function misfits(value: unknown, schema: Schema, at = ''): string[] {
  const { $ref, anyOf, allOf, items, properties = {}, required = [], additionalProperties } = schema
  if ($ref) return misfits(value, described.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, at)
  if (anyOf) return anyOf.some((one) => misfits(value, one, at).length === 0) ? [] : [`${at}: none of several`]
  if (allOf) return allOf.flatMap((one) => misfits(value, one, at))
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${at}: ${JSON.stringify(value)}`]
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  if (schema.type && type !== (schema.type === 'integer' ? 'number' : schema.type)) return [`${at}: ${type}`]
  if (Array.isArray(value)) return value.flatMap((item, i) => (items ? misfits(item, items, `${at}[${i}]`) : []))
  if (type !== 'object') return []
  const object = value as { readonly [key: string]: unknown }
  return [
    ...required.filter((key) => !Object.hasOwn(object, key)).map((key) => `${at}.${key} is missing`),
    ...Object.entries(object).flatMap(([key, inner]) => {
      const own = properties[key] ?? additionalProperties
      return own ? misfits(inner, own, `${at}.${key}`) : []
    }),
  ]
}

test.each([
  ['get', '/about', undefined],
  ['get', '/nodes', undefined],
  ['get', '/pipelines', undefined],
  ['get', '/pipelines/{id}', undefined],
  ['put', '/pipelines/{id}/draft', { text: '{}', base: '', revision: 0, client: 'a' }],
  ['post', '/pipelines', { name: 'x' }],
  ['post', '/check', { pipeline: 'a.json', text: JSON.stringify(small()) }],
  ['post', '/preview', { pipeline: 'a.json', text: JSON.stringify(small()), node: null }],
  ['get', '/runs', undefined],
  ['get', '/files', undefined],
  ['get', '/templates', undefined],
])('%s %s answers as it is described', async (method, path, body) => {
  const { [method]: operation } = described.paths[path] ?? {}
  const { responses } = operation as Operation
  const { status, value } = await served.ask(method.toUpperCase(), path.slice(1).replace('{id}', 'a.json'), body)
  const schema = responses[status]?.content?.['application/json']?.schema
  expect([status, schema === undefined]).toEqual([expect.toBeOneOf([200, 201]), false])
  expect(misfits(value, schema as Schema)).toEqual([])
})

test('a refusal has its sentence', async () => {
  const { status, value } = await served.ask('GET', 'pipelines/none.json')
  expect([status, misfits(value, { $ref: '#/components/schemas/Refusal' })]).toEqual([404, []])
})
