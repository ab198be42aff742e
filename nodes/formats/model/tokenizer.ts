import { readFileSync } from 'node:fs'
import { HeadraceError } from '@headrace/runtime/sdk'

/** Turns texts into a model's token ids, special tokens included. */
export interface TextTokenizer {
  /**
   * The ids of a text, at most `most` of them: of a longer one the special tokens at both ends stay and the text is
   * cut where the tokenizer cuts (at the end, unless its settings say the left). `full` is the number before the cut.
   */
  readonly encode: (text: string, most?: number) => { readonly ids: readonly number[]; readonly full: number }
  /** The ids of two texts together, for models that compare them; nothing is cut. */
  readonly encodePair: (text: string, pair: string) => readonly number[]
  /** The id that fills up short texts. */
  readonly padId: number
}

/** Loads a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one. */
export async function loadTokenizer(file: string, configFile: string | null): Promise<TextTokenizer> {
  const tokenizer = await made(file, configFile)
  return {
    ...tokenizer,
    encode: (text, most) => {
      try {
        return tokenizer.encode(text, most)
      } catch (cause) {
        throw unusable(file, 'it gives no tokens for a text', cause)
      }
    },
  }
}

async function made(file: string, configFile: string | null): Promise<TextTokenizer> {
  const [definition, config] = [objectIn(file), configFile ? objectIn(configFile) : {}]
  try {
    return await makeTokenizer(definition, config)
  } catch (cause) {
    // The library takes the file's shape for granted, and trips over whatever is not as it expects.
    throw cause instanceof HeadraceError ? cause : unusable(file, 'a part of it is missing, or of another kind', cause)
  }
}

function objectIn(path: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw unusable(path, 'it is no JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unusable(path, 'it is no JSON object')
  return { ...value }
}

const unusable = (file: string, why: string, cause?: unknown): HeadraceError =>
  new HeadraceError('bad-tokenizer', `${file} cannot be used as a tokenizer: ${why}.`, {
    place: { file },
    hint: 'Save it with the model again: AutoTokenizer.from_pretrained(…).save_pretrained(folder).',
    ...(cause !== undefined && { cause }),
  })

/** A tokenizer from the content of `tokenizer.json` and `tokenizer_config.json`. */
export async function makeTokenizer(
  definition: Record<string, unknown>,
  config: Record<string, unknown>,
): Promise<TextTokenizer> {
  const { Tokenizer } = await import('@huggingface/tokenizers')
  const tokenizer = new Tokenizer(definition, config)
  const { before, after } = specialTokens(
    (text, special) => tokenizer.encode(text, { add_special_tokens: special }).ids,
  )
  const left = config['truncation_side'] === 'left'
  return {
    padId: padId(definition, config, (token) => tokenizer.token_to_id(token)),
    encodePair: (text, pair) => tokenizer.encode(text, { text_pair: pair }).ids,
    encode: (text, most = Number.POSITIVE_INFINITY) => {
      const { ids } = tokenizer.encode(text)
      const full = ids.length
      if (full <= most) return { ids, full }
      const room = Math.max(0, most - before - after)
      const from = left ? full - after - room : before
      return { ids: [...ids.slice(0, before), ...ids.slice(from, from + room), ...ids.slice(full - after)], full }
    },
  }
}

/** How many special tokens stand before and after a text: the tokenizer is asked, since templates differ. */
function specialTokens(encode: (text: string, special: boolean) => number[]): { before: number; after: number } {
  for (const sample of ['a', 'hello world', '1']) {
    const bare = encode(sample, false)
    const whole = encode(sample, true)
    const before = whole.findIndex((_, i) => bare.length > 0 && bare.every((id, k) => whole[i + k] === id))
    if (before >= 0) return { before, after: whole.length - before - bare.length }
  }
  throw new HeadraceError('bad-tokenizer', 'The tokenizer gives no tokens for "a", "hello world" and "1".')
}

function padId(
  definition: Record<string, unknown>,
  config: Record<string, unknown>,
  idOf: (token: string) => number | undefined,
): number {
  const padding = definition['padding'] as { pad_id?: number } | null | undefined
  if (typeof padding?.pad_id === 'number') return padding.pad_id
  const token = config['pad_token'] as string | { content?: string } | null | undefined
  const name = typeof token === 'string' ? token : token?.content
  return (name === undefined ? undefined : idOf(name)) ?? 0
}
