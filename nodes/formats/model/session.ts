import { basename } from 'node:path'
import { HeadraceError } from '@headrace/runtime/sdk'
import type * as ort from 'onnxruntime-node'
import { chooseProvider, type Provider } from './provider.ts'

/** A loaded model, and the words that say where it runs. */
export interface Loaded {
  readonly session: ort.InferenceSession
  readonly Tensor: typeof ort.Tensor
  readonly provider: Provider
  readonly about: string
}

/** Loads a model file on a provider, with so many threads; throws `model-not-loaded`. */
export async function loadModel(path: string, wanted: Provider | 'auto', threads: number): Promise<Loaded> {
  const { provider, why } = await chooseProvider(wanted)
  const { InferenceSession, Tensor, env } = await import('onnxruntime-node')
  env.logLevel = 'error'
  try {
    const session = await InferenceSession.create(path, {
      executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // It keeps a plan of memory for each shape of a call, and calls have hundreds: 40 MB in 6,000 texts, for no time.
      enableMemPattern: false,
      // Threads that spin while they wait take the cores from the lanes and from everybody else: on a busy machine two
      // spinning threads took 24 s for what two that sleep, or one alone, did in 14.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 3,
    })
    const about = `${basename(path)} on ${provider}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
    return { session, Tensor, provider, about: why ? `${about} (${why})` : about }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HeadraceError('model-not-loaded', `ONNX Runtime does not load ${path} on ${provider}: ${why}`, {
      place: { file: path },
      cause,
    })
  }
}
