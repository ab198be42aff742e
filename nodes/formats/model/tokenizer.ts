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
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  return await makeTokenizer(read(file), configFile ? read(configFile) : {})
}

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
