import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HeadraceError, type ProbeContext } from '@headrace/runtime/sdk'
import type { Encoder } from './embed-session.ts'
import { type FolderSays, onnxFiles, type Pooling, readFolder } from './embedding-folder.ts'
import { bytesOf, fileHash } from './fingerprint.ts'
import { type ModelInfo, readModelInfo, type TensorInfo } from './metadata.ts'
import { type Provider, tryProvider } from './provider.ts'

/** The settings of `models/embed` that the model's folder has a say in. */
export interface EmbedSettings {
  readonly model: string
  readonly file?: string
  readonly pooling?: Pooling
  readonly normalize?: boolean
  readonly prefix?: string
  readonly queryPrefix?: string
  readonly maxTokens?: number
  readonly output: 'float32' | 'float16'
  readonly provider: Provider | 'auto'
}

/** Everything about an embedding model that its folder and the settings together say; plain JSON. */
export type EmbedProbe = {
  readonly encoder: Encoder
  readonly tokenizer: string
  readonly tokenizerConfig: string | null
  readonly lowerCase: boolean
  readonly prefix: string
  readonly queryPrefix: string
  readonly maxTokens: number
  /** Ask the tokenizer for the padding id: the folder's config does not say it. */
  readonly padIdUnknown: boolean
  readonly hashes: { readonly model: string; readonly tokenizer: string }
  readonly modelBytes: number
}

type Context = ProbeContext<EmbedSettings>

/** Reads a model's folder and reports what is wrong or left open; null then. */
export async function probeEmbed(context: Context): Promise<EmbedProbe | null> {
  const { config, report } = context
  const folder = context.resolve(config.model)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    report({ code: 'missing-model', message: `There is no folder ${folder}.`, setting: 'model' })
    return null
  }
  try {
    const file = modelFile(context, folder)
    if (!file) return null
    const path = join(folder, file)
    const says = readFolder(folder)
    const info = readModelInfo(path)
    const encoder = describeEncoder(context, path, says, info)
    const maxTokens = maxTokensOf(context, says)
    await checkProvider(context)
    if (!encoder || maxTokens === null) return null
    const { prefix = says.prefix, queryPrefix = says.queryPrefix } = config
    const { tokenizer, tokenizerConfig, lowerCase } = says
    const files = [path, ...info.external.map((name) => join(dirname(path), name))]
    const model = (await Promise.all(files.map(fileHash))).join('+')
    const hashes = { model, tokenizer: await fileHash(tokenizer) }
    const padIdUnknown = says.padId === null
    const modelBytes = bytesOf(files)
    const texts = { tokenizer, tokenizerConfig, lowerCase, prefix, queryPrefix, maxTokens, padIdUnknown }
    return { encoder, ...texts, hashes, modelBytes }
  } catch (error) {
    if (!(error instanceof HeadraceError)) throw error
    report({ code: error.code, message: error.message, setting: 'model', ...(error.hint && { hint: error.hint }) })
    return null
  }
}

/** A provider asked for by name must be there; `auto` takes what is there when the model is opened. */
export async function checkProvider({ config, report }: ProbeContext<{ provider: Provider | 'auto' }>): Promise<void> {
  if (config.provider === 'auto' || config.provider === 'cpu') return
  const state = await tryProvider(config.provider)
  if (state.present) return
  report({
    code: 'missing-provider',
    message: `The provider ${config.provider} does not work on this machine: ${state.reason}.`,
    hint: 'Set provider to "auto" or "cpu".',
    setting: 'provider',
  })
}

function modelFile({ config, report }: Context, folder: string): string | null {
  const files = onnxFiles(folder)
  const listed = files.length ? `It has ${files.join(', ')}.` : 'It has no .onnx file.'
  if (config.file !== undefined) {
    if (existsSync(join(folder, config.file))) return config.file
    report({ code: 'missing-model', message: `${folder} has no file ${config.file}. ${listed}`, setting: 'file' })
    return null
  }
  if (files.length === 1) return files[0] as string
  if (files.length === 0) {
    const hint = 'Export the model to ONNX, or give the folder of an exported one.'
    report({ code: 'missing-model', message: `${folder} has no .onnx file.`, hint, setting: 'model' })
    return null
  }
  const hint = `Set file to one of them, for example "${files[0]}".`
  report({
    code: 'several-models',
    message: `${folder} has ${files.length} models: ${files.join(', ')}.`,
    hint,
    setting: 'file',
  })
  return null
}

const fillable = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids']

function describeEncoder(context: Context, path: string, says: FolderSays, info: ModelInfo): Encoder | null {
  const { config, report } = context
  const needed = info.inputs.filter((input) => !input.optional)
  const strange = needed.filter((input) => !fillable.includes(input.name) || !/^int(64|32)$/.test(input.type))
  const [first] = strange
  if (first || !needed.some((input) => input.name === 'input_ids')) {
    const what = first ? `wants "${first.name}" (${first.type})` : 'has no input "input_ids"'
    const hint = 'models/embed runs text encoders; models/onnx runs any model on columns.'
    report({ code: 'no-text-encoder', message: `${path} ${what}.`, hint, setting: 'model' })
    return null
  }
  const output = chooseOutput(info.outputs, config.pooling !== undefined)
  const dimension = output && lastNumber(output.tensor) ? lastNumber(output.tensor) : says.dimension
  if (!output || !dimension) {
    const names = info.outputs.map((tensor) => `"${tensor.name}" (${tensor.type})`).join(', ')
    report({
      code: 'no-text-encoder',
      message: `${path} has no output of token or text vectors: ${names}.`,
      setting: 'model',
    })
    return null
  }
  const { tensor, pooled } = output
  const pooling = pooled ? 'none' : (config.pooling ?? says.pooling)
  const normalize = config.normalize ?? says.normalize ?? (pooled ? false : null)
  if (pooling === null) {
    const why = says.poolingProblem ?? 'it has no 1_Pooling/config.json'
    const hint = 'Set pooling to mean, cls, last or none; the model card says which.'
    report({
      code: 'unknown-pooling',
      message: `${config.model} does not say how to pool: ${why}.`,
      hint,
      setting: 'pooling',
    })
  }
  if (normalize === null) {
    const message = `${config.model} does not say whether vectors are normalised: it has no modules.json.`
    report({ code: 'unknown-normalize', message, hint: 'Set normalize to true or false.', setting: 'normalize' })
  }
  if (pooling === null || normalize === null) return null
  const inputs = needed.map(({ name, type }) => ({ name, type: type as 'int64' | 'int32' }))
  const half = config.output === 'float16'
  return { path, inputs, output: tensor.name, pooled, pooling, normalize, dimension, padId: says.padId ?? 0, half }
}

/** Vectors of whole texts where the export says so by name, else vectors of tokens, else the only matrix. */
function chooseOutput(
  outputs: readonly TensorInfo[],
  poolsItself: boolean,
): { tensor: TensorInfo; pooled: boolean } | null {
  const floats = outputs.filter((tensor) => /^float(32|16)$/.test(tensor.type))
  const sentence = floats.find((tensor) => tensor.name === 'sentence_embedding')
  const tokens =
    floats.find((tensor) => tensor.name === 'last_hidden_state' || tensor.name === 'token_embeddings') ??
    floats.find((tensor) => tensor.dims?.length === 3)
  if (sentence && !(poolsItself && tokens)) return { tensor: sentence, pooled: true }
  if (tokens) return { tensor: tokens, pooled: false }
  const matrices = floats.filter((tensor) => tensor.dims?.length === 2)
  return matrices.length === 1 ? { tensor: matrices[0] as TensorInfo, pooled: true } : null
}

function lastNumber(tensor: TensorInfo): number | null {
  const last = tensor.dims?.at(-1)
  return typeof last === 'number' ? last : null
}

function maxTokensOf({ config, report }: Context, says: FolderSays): number | null {
  const { positions } = says
  const maxTokens = config.maxTokens ?? says.maxTokens
  if (maxTokens === null) {
    const message = `${config.model} does not say how many tokens it takes.`
    report({ code: 'unknown-max-tokens', message, hint: 'Set maxTokens; 512 is usual.', setting: 'maxTokens' })
    return null
  }
  if (positions !== null && maxTokens > positions) {
    const message = `maxTokens is ${maxTokens}, but the model has only ${positions} positions.`
    report({ code: 'too-many-tokens', message, hint: `Set it to ${positions} or less.`, setting: 'maxTokens' })
    return null
  }
  return maxTokens
}
