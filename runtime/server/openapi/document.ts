import type { Json } from '../../sdk/node.ts'
import { type Operation, operations } from './operations.ts'
import { pipelineSchemas } from './pipelines.ts'
import { runSchemas } from './runs.ts'
import { scheduleSchemas } from './schedules.ts'
import { type ApiSchema, list, ref } from './schema.ts'
import { testSchemas } from './tests.ts'
import { traceSchemas } from './trace.ts'

/** The REST interface as OpenAPI 3.1: what the page uses, and what a script may. */
export function openApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {})
    path[operation.method] = described(operation)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headrace',
      version,
      description:
        'Every request brings the token that `headrace edit` printed: `Authorization: Bearer TOKEN`. The answer to one that is refused has `error`, a sentence, and often `hint`, what to do.',
    },
    servers: [{ url: '/api' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: { ...pipelineSchemas, ...runSchemas, ...testSchemas, ...scheduleSchemas, ...traceSchemas },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function described({ path, summary, query = {}, refusals = [], status = 200, ...operation }: Operation): Json {
  const { method, body, bodyType, answer, answerType = 'application/json' } = operation
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
  const parameters = [...inPath, ...inQuery]
  const refused = [...new Set([400, 401, 403, ...refusals])].sort()
  return {
    operationId: idOf(method, path),
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: content(bodyType ?? 'application/json', body) } }),
    responses: {
      [status]: {
        description: summary,
        ...(status !== 204 && { content: answer ? content(answerType, answer) : { [answerType]: {} } }),
      },
      ...Object.fromEntries(
        refused.map((code) => [code, { description: 'Refused', content: content('application/json', 'Refusal') }]),
      ),
    },
  }
}

function content(type: string, name: string): { [type: string]: { schema: ApiSchema } } {
  if (name === 'Bytes') return { [type]: { schema: { type: 'string', contentMediaType: type } } }
  return { [type]: { schema: name.endsWith('[]') ? list(ref(name.slice(0, -2))) : ref(name) } }
}

const idOf = (method: string, path: string): string =>
  method +
  path
    .split(/[^A-Za-z]+/)
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')
