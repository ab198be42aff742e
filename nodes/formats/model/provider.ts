import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Type } from '@headrace/runtime/sdk'

/** What runs a model. */
export type Provider = 'cpu' | 'webgpu' | 'cuda'

/** Whether a provider can be used on this machine, and how that was found out. */
export interface ProviderState {
  readonly name: Provider
  readonly present: boolean
  readonly reason: string
}

/** The setting that models share. */
export const providerSetting = Type.Union(
  [Type.Literal('auto'), Type.Literal('cpu'), Type.Literal('webgpu'), Type.Literal('cuda')],
  {
    default: 'auto',
    description: 'What runs the model; auto takes the first of cuda, webgpu and cpu on which a trial model ran.',
    examples: ['auto', 'cpu'],
  },
)

/** Every provider, the quickest first, tried on this machine. */
export const listProviders = (): Promise<ProviderState[]> =>
  Promise.all((['cuda', 'webgpu', 'cpu'] as const).map(tryProvider))

const tried = new Map<Provider, Promise<ProviderState>>()

/** Runs a tiny model on a provider, once a process: what the library lists says nothing about the machine. */
export function tryProvider(name: Provider): Promise<ProviderState> {
  const known = tried.get(name) ?? runTrial(name)
  tried.set(name, known)
  return known
}

/** The provider to use: the one asked for, or the first present one; `why` says why not the ones before it. */
export async function chooseProvider(wanted: Provider | 'auto'): Promise<{ provider: Provider; why: string }> {
  if (wanted !== 'auto') return { provider: wanted, why: '' }
  const why: string[] = []
  for (const name of ['cuda', 'webgpu'] as const) {
    const state = await tryProvider(name)
    if (state.present) return { provider: name, why: why.join('; ') }
    why.push(`not ${name}: ${state.reason}`)
  }
  return { provider: 'cpu', why: why.join('; ') }
}

/**
 * Whether a model gets one session: on a GPU more would share it. What `auto` will take is not tried for it: where there
 * may be a GPU it gets one session, too.
 */
export const sessionsOn = (wanted: Provider | 'auto'): 'one' | 'several' =>
  wanted === 'cpu' || (wanted === 'auto' && absentCuda() && absentWebgpu()) ? 'several' : 'one'

async function runTrial(name: Provider): Promise<ProviderState> {
  const reason = name === 'cuda' ? absentCuda() : name === 'webgpu' ? absentWebgpu() : null
  if (reason) return { name, present: false, reason }
  // In a process of its own: a driver may crash, and the libraries write to standard error as they like.
  const trial = fileURLToPath(new URL('./trial.ts', import.meta.url))
  return await new Promise((resolve) => {
    execFile(process.execPath, [trial, name], { timeout: 30_000 }, (error, stdout) => {
      if (!error) return resolve({ name, present: true, reason: 'a trial model ran' })
      const ended = error.killed
        ? 'the trial took longer than 30 s'
        : `the trial ended with ${error.signal ?? error.code}`
      resolve({ name, present: false, reason: stdout.trim() || ended })
    })
  })
}

/** What Linux shows of a GPU: Mesa's drivers, NVIDIA's, and Windows' below WSL. */
const gpuDevices = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg']

const absentCuda = (): string | null =>
  hasCudaLibrary() ? null : 'onnxruntime-node came without its CUDA library (its install script fetches it)'

const absentWebgpu = (): string | null =>
  process.platform === 'linux' && !gpuDevices.some((device) => existsSync(device))
    ? `there is no GPU: no ${gpuDevices.join(', ')}`
    : null

function hasCudaLibrary(): boolean {
  const folder = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')), 'bin')
  if (!existsSync(folder)) return false
  return readdirSync(folder, { recursive: true }).some((file) => String(file).includes('providers_cuda'))
}
