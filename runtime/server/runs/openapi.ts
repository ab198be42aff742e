import type { Json } from '../../sdk/node.ts'
import { count, listOf, orNull, ref, text } from './schemaparts.ts'

// The part of GET /api/openapi.json that belongs to runs. The schemas that are named lie in openapischemas.ts.

const query = (name: string, description: string, schema: Json = count, required = false): Json => ({
  name,
  in: 'query',
  description,
  schema,
  required,
})
const runId: Json = { name: 'id', in: 'path', required: true, description: 'The run’s id.', schema: text }

interface Operation {
  readonly summary: string
  readonly parameters?: readonly Json[]
  readonly body?: string
  /** HTTP status and schema of what it answers; null: nothing. */
  readonly answers: readonly [status: number, description: string, schema: Json | null]
  /** Media type of the answer where it is not JSON. */
  readonly type?: string
  readonly refuses?: readonly number[]
}

const refusals: { readonly [status: number]: string } = {
  400: 'The request makes no sense; the answer says why.',
  404: 'There is no such run, or no such pipeline.',
  409: 'It cannot be done now: problems, another run, an output that exists, a run that has ended.',
}

function operation({
  summary,
  parameters = [],
  body,
  answers,
  type = 'application/json',
  refuses = [404],
}: Operation): Json {
  const [status, description, schema] = answers
  const refused = refuses.map((code) => [
    String(code),
    { description: refusals[code] ?? '', content: { 'application/json': { schema: ref('Refusal') } } },
  ])
  return {
    summary,
    tags: ['runs'],
    parameters: [...parameters],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } },
    }),
    responses: {
      [String(status)]: { description, ...(schema !== null && { content: { [type]: { schema } } }) },
      ...Object.fromEntries(refused),
    },
  }
}

const get = (summary: string, description: string, schema: Json, parameters: readonly Json[] = []): Json =>
  operation({ summary, parameters: [runId, ...parameters], answers: [200, description, schema] })
const follow = [query('every', 'Milliseconds between two lines of counters; 1,000 where not given.')]
const lines = { ...(ref('FollowLine') as object), description: 'One JSON object a line.' } as Json

/** Paths of runs, previews and searches, below `/api`. */
export const runsPaths: { readonly [path: string]: Json } = {
  '/runs': {
    get: operation({
      summary: 'List runs, newest first',
      parameters: [query('pipeline', 'Those of one pipeline, by its id.', text), query('limit', 'At most so many.')],
      answers: [200, 'The runs.', listOf(ref('RunView'))],
      refuses: [400],
    }),
    post: operation({
      summary: 'Start a run; with follow=1 the answer is its course, one JSON object a line',
      parameters: [query('follow', '1: follow the run to its end.', text), ...follow],
      body: 'StartRun',
      answers: [201, 'The run at work.', ref('RunView')],
      refuses: [400, 404, 409],
    }),
  },
  '/runs/{id}': {
    get: get('One run: report, last counters, the pipeline as it was', 'The run.', ref('RunDetail')),
    delete: operation({
      summary: 'Delete the folder of a run that has ended',
      parameters: [runId],
      answers: [204, 'It is gone.', null],
      refuses: [404, 409],
    }),
  },
  '/runs/{id}/follow': {
    get: operation({
      summary: 'Follow a run to its end',
      parameters: [runId, ...follow],
      answers: [200, 'Its course.', lines],
      type: 'application/x-ndjson',
    }),
  },
  '/runs/{id}/stop': { post: steer('Finish what is in flight and end; can be resumed', 202) },
  '/runs/{id}/kill': { post: steer('End the process at once; can be resumed from the last stored part', 200) },
  '/runs/{id}/resume': { post: steer('Go on with a run that was stopped or died', 201) },
  '/runs/{id}/replay': { post: steer('Run its rejected rows again', 201, 'ReplayQuestion') },
  '/runs/{id}/metrics': {
    get: get('Counters over time', 'Samples in order of time.', listOf(ref('Snapshot')), [
      query('since', 'Those after so many milliseconds of the run.'),
    ]),
  },
  '/runs/{id}/metrics.csv': {
    get: operation({
      summary: 'Counters over time as a table',
      parameters: [runId],
      answers: [200, 'A line for each node and edge at each sample.', text],
      type: 'text/csv',
    }),
  },
  '/runs/{id}/log': {
    get: get('Lines of its log', 'At most 1,000 lines.', ref('LogPage'), [
      query('after', 'The place that the page before named; the last lines where not given.'),
    ]),
  },
  '/runs/{id}/rejected': {
    get: get('Rejected rows with their reasons', 'A page of them.', ref('RejectedPage'), [
      query('offset', 'From this place on.'),
      query('limit', 'At most 1,000; 200 where not given.'),
    ]),
  },
  '/runs/{id}/rows': {
    get: get('Rows of an edge', 'At most 200; null where there are none.', orNull(ref('RowsPage')), [
      query('edge', 'Its name: text → vectors', text, true),
    ]),
  },
  '/preview': {
    post: operation({
      summary: 'Take the first rows of each source through the graph, without a run',
      body: 'PreviewQuestion',
      answers: [200, 'Rows at each edge, counts of each node.', ref('PreviewAnswer')],
      refuses: [400],
    }),
  },
  '/search': {
    post: operation({
      summary: 'Ask a vector sink in words',
      body: 'SearchQuestion',
      answers: [200, 'The nearest rows.', ref('SearchAnswer')],
      refuses: [400],
    }),
  },
}

function steer(summary: string, status: number, body?: string): Json {
  return operation({
    summary,
    parameters: [runId],
    ...(body !== undefined && { body }),
    answers: [status, 'The run.', ref('RunView')],
    refuses: [404, 409],
  })
}
