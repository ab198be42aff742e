import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { HeadraceError } from '@headrace/runtime/sdk'

/** How token vectors become one vector; `none` keeps them. */
export type Pooling = 'mean' | 'cls' | 'last' | 'none'

/** What a model folder's files say; null where they say nothing. */
export interface FolderSays {
  readonly pooling: Pooling | null
  /** Why the folder's pooling cannot be used, where it names one. */
  readonly poolingProblem: string | null
  readonly normalize: boolean | null
  readonly maxTokens: number | null
  /** The most tokens that the model has positions for. */
  readonly positions: number | null
  readonly dimension: number | null
  readonly prefix: string
  readonly queryPrefix: string
  readonly lowerCase: boolean
  readonly tokenizer: string
  readonly tokenizerConfig: string | null
  /** The id that fills up short texts; null: ask the tokenizer. */
  readonly padId: number | null
}

type JsonObject = Record<string, unknown>

/** Reads the JSON files of the sentence-transformers and optimum layouts. Throws where one is missing or no JSON. */
export function readFolder(folder: string): FolderSays {
  const tokenizer = join(folder, 'tokenizer.json')
  if (!existsSync(tokenizer)) {
    throw new HeadraceError('missing-tokenizer', `${folder} has no tokenizer.json.`, {
      hint: 'Save it with the model: AutoTokenizer.from_pretrained(…).save_pretrained(folder).',
    })
  }
  const config = readJson(folder, 'config.json')
  const tokenizerConfig = readJson(folder, 'tokenizer_config.json')
  const sentence = readJson(folder, 'sentence_bert_config.json')
  const modules = readModules(folder)
  const pooling = readPooling(folder, modules)
  const positions = positionsOf(config)
  return {
    ...pooling,
    normalize: modules ? modules.some((module) => module.kind === 'Normalize') : null,
    maxTokens: maxTokensOf(sentence, tokenizerConfig, positions),
    positions,
    dimension: pooling.dimension ?? numberOf(config?.['hidden_size']),
    ...readPrompts(folder),
    lowerCase: sentence?.['do_lower_case'] === true,
    tokenizer,
    tokenizerConfig: tokenizerConfig ? join(folder, 'tokenizer_config.json') : null,
    padId: typeof config?.['pad_token_id'] === 'number' ? config['pad_token_id'] : null,
  }
}

/** The folder's ONNX files, in it or in its `onnx` folder, with their paths from it. */
export function onnxFiles(folder: string): string[] {
  return [folder, join(folder, 'onnx')]
    .filter((path) => existsSync(path) && statSync(path).isDirectory())
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => path.endsWith('.onnx'))
    .map((path) => relative(folder, path).replaceAll(sep, '/'))
    .sort()
}

interface Module {
  readonly kind: string
  readonly path: string
}

/** modules.json: the steps after the encoder, by the last word of their Python class. */
function readModules(folder: string): Module[] | null {
  const modules = readJson(folder, 'modules.json')
  if (!Array.isArray(modules)) return null
  return modules.map((module: unknown) => {
    const { type, path } = isObject(module) ? module : {}
    return { kind: textOf(type).split('.').pop() ?? '', path: textOf(path) }
  })
}

function readPooling(
  folder: string,
  modules: readonly Module[] | null,
): Pick<FolderSays, 'pooling' | 'poolingProblem' | 'dimension'> {
  const other = modules?.find((module) => !['Transformer', 'Pooling', 'Normalize'].includes(module.kind))
  if (other) {
    const poolingProblem = `its modules.json has a step ${other.kind}, which this node does not run`
    return { pooling: null, poolingProblem, dimension: null }
  }
  const path = modules?.find((module) => module.kind === 'Pooling')?.path || '1_Pooling'
  const config = readJson(folder, `${path}/config.json`)
  if (!config) return { pooling: null, poolingProblem: null, dimension: null }
  const dimension = numberOf(config['word_embedding_dimension']) ?? numberOf(config['embedding_dimension'])
  const modes = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true)
  const named = config['pooling_mode'] ? [textOf(config['pooling_mode'])] : modes.map((mode) => mode.slice(13))
  const pooling = named.length === 1 ? poolings[named[0] as string] : undefined
  const prompted = config['include_prompt'] === false
  if (pooling && !prompted) return { pooling, poolingProblem: null, dimension }
  const poolingProblem = prompted
    ? `its ${path}/config.json leaves the prefix out of the pooling, which this node does not do`
    : `its ${path}/config.json asks for pooling by ${named.join(' and ') || 'nothing'}, which this node does not do`
  return { pooling: null, poolingProblem, dimension }
}

const poolings: Record<string, Pooling> = {
  mean_tokens: 'mean',
  cls_token: 'cls',
  lasttoken: 'last',
  mean: 'mean',
  cls: 'cls',
  last: 'last',
}

/** As sentence-transformers does: its own number, else the less of the model's positions and the tokenizer's length. */
function maxTokensOf(
  sentence: JsonObject | null,
  tokenizer: JsonObject | null,
  positions: number | null,
): number | null {
  const own = numberOf(sentence?.['max_seq_length'])
  const length = numberOf(tokenizer?.['model_max_length'])
  const known = own === null ? [length, positions] : [own, positions]
  // A tokenizer without a limit says 1e30.
  const limits = known.filter((limit) => limit !== null && limit < 1e7) as number[]
  return limits.length ? Math.min(...limits) : null
}

/** RoBERTa and its kin begin to count positions after the padding token: two fewer can be used. */
function positionsOf(config: JsonObject | null): number | null {
  const positions = numberOf(config?.['max_position_embeddings'])
  if (positions === null || positions <= 0) return null
  const shifted = ['roberta', 'xlm-roberta', 'camembert', 'mpnet'].includes(textOf(config?.['model_type']))
  return shifted ? positions - 2 : positions
}

/** config_sentence_transformers.json: prompts by name; the names are those of its encode_query and encode_document. */
function readPrompts(folder: string): { prefix: string; queryPrefix: string } {
  const config = readJson(folder, 'config_sentence_transformers.json')
  const given = config?.['prompts']
  const prompts = isObject(given) ? given : {}
  // What is no text is no prompt.
  const named = (name: string) => (typeof prompts[name] === 'string' ? prompts[name] : undefined)
  const usual = named(textOf(config?.['default_prompt_name'])) ?? ''
  return {
    prefix: named('document') ?? named('passage') ?? named('corpus') ?? usual,
    queryPrefix: named('query') ?? usual,
  }
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null)

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The value of a JSON file; null where there is none, or where it holds no object. */
function readJson(folder: string, name: string): JsonObject | null {
  const path = join(folder, name)
  if (!existsSync(path)) return null
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new HeadraceError('bad-json', `${path} is no JSON.`, {
      place: { file: path },
      hint: 'Export or copy the model again.',
      cause,
    })
  }
  return isObject(value) ? value : null
}
