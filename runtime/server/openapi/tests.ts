import { type ApiSchema, about, anything, list, map, object, orNull, text, whole, yes } from './schema.ts'

/** What making and running tests looks like over REST. */
export const testSchemas: { readonly [name: string]: ApiSchema } = {
  SaveTest: object({
    pipeline: text,
    text: about(text, 'The pipeline’s text as it is drawn.'),
    name: text,
    put: about(text, 'The node at which rows are put in; a source as if it had read them.'),
    expect: about(text, 'The node whose rows are expected; of a sink those that enter it.'),
    'rows?': about(whole, 'How many rows are put in, from the first; 5 where it is not said.'),
    'identities?': about(list(text), 'Rows in view: those that they come from are put in.'),
    'params?': about(map(anything), 'Values of the pipeline’s parameters; they are kept in the test.'),
  }),
  SavedTest: object({ file: text, name: text, put: whole, expected: whole, chosen: yes }),
  RunTests: object({ pipeline: text, text }),
  Tests: object({ file: orNull(text), tests: list(object({ name: text, ok: yes, took: whole, says: text })) }),
}
