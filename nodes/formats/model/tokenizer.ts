import { readFileSync } from 'node:fs'
import { decodeText, HeadraceError } from '@headrace/runtime/sdk'
import type { IdBuffer } from './id-buffer.ts'
import { type WordPieceDefinition, wordPiece } from './wordpiece.ts'

/** Turns texts into a model's token ids, special tokens included. */
export interface TextTokenizer {
  /**
   * The ids of a text, at most `most` of them: of a longer one the special tokens at both ends stay and the text is
   * cut where the tokenizer cuts (at the end, unless its settings say the left). `full` is the number before the cut.
   */
  readonly encode: (text: string, most?: number) => { readonly ids: readonly number[]; readonly full: number }
  /** As `encode`, of a text in UTF-8: adds the ids to `into` and returns `full`. BERT's tokenizers make no string for it. */
  readonly encodeBytes: (bytes: Uint8Array, start: number, end: number, into: IdBuffer, most?: number) => number
  /** The ids of two texts together, for models that compare them; nothing is cut. */
  readonly encodePair: (text: string, pair: string) => readonly number[]
  /** The id that fills up short texts. */
  readonly padId: number
}

/**
 * Loads a `tokenizer.json`, with the `tokenizer_config.json` beside it where there is one. `lowerCase`: the model wants
 * its texts in lower case, whatever its tokenizer does.
 */
export async function loadTokenizer(
  file: string,
  configFile: string | null,
  lowerCase = false,
): Promise<TextTokenizer> {
  const tokenizer = await made(file, configFile, lowerCase)
  const named =
    <A extends unknown[], R>(encode: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return encode(...args)
      } catch (cause) {
        throw unusable(file, 'it gives no tokens for a text', cause)
      }
    }
  return { ...tokenizer, encode: named(tokenizer.encode), encodeBytes: named(tokenizer.encodeBytes) }
}

async function made(file: string, configFile: string | null, lowerCase: boolean): Promise<TextTokenizer> {
  const [definition, config] = [objectIn(file), configFile ? objectIn(configFile) : {}]
  try {
    return await makeTokenizer(definition, config, lowerCase)
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
  definition: WordPieceDefinition & Record<string, unknown>,
  config: Record<string, unknown>,
  lowerCase = false,
): Promise<TextTokenizer> {
  const { Tokenizer } = await import('@huggingface/tokenizers')
  const tokenizer = new Tokenizer(definition, config)
  const { before, after } = specialTokens(
    (text, special) => tokenizer.encode(text, { add_special_tokens: special }).ids,
  )
  const left = config['truncation_side'] === 'left'
  const encode: TextTokenizer['encode'] = (text, most = Number.POSITIVE_INFINITY) => {
    const { ids } = tokenizer.encode(lowerCase ? text.toLowerCase() : text)
    const full = ids.length
    if (full <= most) return { ids, full }
    const room = Math.max(0, most - before.length - after.length)
    const from = left ? full - after.length - room : before.length
    return { ids: [...before, ...ids.slice(from, from + room), ...after], full }
  }
  const append = framesOnly(definition) ? wordPiece(definition, config, tokenizer, lowerCase) : null
  return {
    padId: padId(definition, config, (token) => tokenizer.token_to_id(token)),
    encodePair: (text, pair) => tokenizer.encode(text, { text_pair: pair }).ids,
    encode,
    encodeBytes: (bytes, start, end, into, most = Number.POSITIVE_INFINITY) => {
      if (!append) {
        const { ids, full } = encode(decodeText(bytes, start, end), most)
        into.push(ids)
        return full
      }
      into.push(before)
      const first = into.length
      append(bytes, start, end, into)
      const bare = into.length - first
      const full = before.length + bare + after.length
      const room = full <= most ? bare : Math.max(0, most - before.length - after.length)
      if (left && room < bare) into.values.copyWithin(first, into.length - room, into.length)
      into.length = first + room
      into.push(after)
      return full
    },
  }
}

/** Whether a text's special tokens are the same whatever stands between them. */
function framesOnly({ post_processor: processor }: Record<string, unknown>): boolean {
  const { type, single } = (processor ?? { type: null }) as { type: unknown; single?: { Sequence?: { id: string } }[] }
  if (type === 'TemplateProcessing') return single?.filter(({ Sequence: text }) => text?.id === 'A').length === 1
  return type === null || type === 'BertProcessing'
}

/** The special tokens before and after a text: the tokenizer is asked, since templates differ. */
function specialTokens(encode: (text: string, special: boolean) => number[]): { before: number[]; after: number[] } {
  for (const sample of ['a', 'hello world', '1']) {
    const bare = encode(sample, false)
    const whole = encode(sample, true)
    const before = whole.findIndex((_, i) => bare.length > 0 && bare.every((id, k) => whole[i + k] === id))
    if (before >= 0) return { before: whole.slice(0, before), after: whole.slice(before + bare.length) }
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
