import type { ParamValue, Pipeline } from '@headrace/runtime/pipeline'
import { create } from 'zustand'
import { useDocument } from './document.ts'

type Values = { readonly [name: string]: ParamValue }

/** The values of parameters that were given last, by pipeline: this browser remembers them, the file does not. */
export const useParams = create<{ readonly given: { readonly [pipeline: string]: Values } }>(() => ({ given: {} }))

const keyOf = (pipeline: string): string => `headrace params ${pipeline}`

/** What was given last for a pipeline. */
export function givenTo(pipeline: string): Values {
  const { given } = useParams.getState()
  const known = given[pipeline]
  if (known) return known
  const values = stored(pipeline)
  useParams.setState({ given: { ...given, [pipeline]: values } })
  return values
}

/** Remembers a value; undefined: the environment or the default says it again. */
export function giveParam(pipeline: string, name: string, value: ParamValue | undefined): void {
  const { [name]: _, ...rest } = givenTo(pipeline)
  const values = value === undefined ? rest : { ...rest, [name]: value }
  useParams.setState(({ given }) => ({ given: { ...given, [pipeline]: values } }))
  localStorage.setItem(keyOf(pipeline), JSON.stringify(values))
}

/** What goes along with a question about the open pipeline: the values of the parameters that it has. */
export function paramsAsked(): { params?: Values } {
  const { id, pipeline } = useDocument.getState()
  if (id === null || !pipeline?.params) return {}
  return { params: ofPipeline(pipeline, givenTo(id)) }
}

const ofPipeline = ({ params = {} }: Pipeline, values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => Object.hasOwn(params, name)))

function stored(pipeline: string): Values {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(pipeline)) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    const simple = ([, value]: [string, unknown]) => ['string', 'number', 'boolean'].includes(typeof value)
    return Object.fromEntries(Object.entries(kept).filter(simple)) as Values // looked at in the line above
  } catch {
    return {}
  }
}
