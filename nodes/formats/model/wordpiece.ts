import { decodeText } from '@headrace/runtime/sdk'
import type { Tokenizer } from '@huggingface/tokenizers'
import type { IdBuffer } from './id-buffer.ts'
import { wordSplitter } from './vocabulary.ts'
import { hashFactor, hashSeed, WordCache } from './word-cache.ts'

/** Adds the ids of a text, given as UTF-8, without special tokens. */
export type AppendIds = (bytes: Uint8Array, start: number, end: number, into: IdBuffer) => void

/** The parts of a `tokenizer.json` that decide whether the fast way is open. */
export interface WordPieceDefinition {
  readonly normalizer?: {
    readonly type?: string
    readonly lowercase?: boolean
    readonly handle_chinese_chars?: boolean
  } | null
  readonly pre_tokenizer?: { readonly type?: string } | null
  readonly added_tokens?: readonly {
    readonly content: string
    readonly normalized?: boolean
    readonly special?: boolean
  }[]
  readonly model?: {
    readonly type?: string
    readonly vocab?: object
    readonly unk_token?: string
    readonly continuing_subword_prefix?: string
    readonly max_input_chars_per_word?: number
    readonly fuse_unk?: boolean
  }
}

/**
 * BERT's way to tokens (BertNormalizer, BertPreTokenizer, WordPiece) from bytes to ids without a string; null for every
 * other tokenizer. The ids are those of `library`, which also gets what is not plain ASCII: a text is parted at blanks,
 * a part with other characters or with an added token ([MASK] written in a text) goes to it alone, and around Chinese
 * characters it parts by itself. Words and parts that came before are remembered.
 * `lowerCase`: texts are put in lower case first.
 */
export function wordPiece(
  definition: WordPieceDefinition,
  config: Record<string, unknown>,
  library: Tokenizer,
  lowerCase: boolean,
): AppendIds | null {
  const { normalizer, model } = definition
  const added = addedTokens(definition, library)
  const unknown = library.token_to_id(model?.unk_token ?? '')
  const prefix = model?.continuing_subword_prefix
  if (!isBert(definition, config) || !added || unknown === undefined || !prefix || !/^[!-~]+$/.test(prefix)) return null
  const names = [...Object.keys(model?.vocab ?? {}), ...added]
  const tokens = new Map(names.map((name) => [name, library.token_to_id(name)] as const).filter(isKnown))
  if (![...tokens.values()].every((id) => Number.isInteger(id))) return null

  const fold = lettersFolded(lowerCase || Boolean(normalizer?.lowercase))
  const kinds = kindsOf(added)
  const split = wordSplitter({ tokens, prefix, unknown, longestWord: model?.max_input_chars_per_word ?? 100 })
  const words = new WordCache(fold)
  const parts = new WordCache(asTheyAre)
  const contents = added.map((content) => Buffer.from(content.toLowerCase()))
  // An added token with other than ASCII may reach over a Chinese character.
  const partsIdeographs =
    Boolean(normalizer?.handle_chinese_chars) && added.every((content) => /^[!-~]+$/.test(content))

  function isAdded(bytes: Uint8Array, at: number, end: number): boolean {
    return contents.some((content) => {
      let i = 0
      while (i < content.length && at + i < end && content[i] === folded[bytes[at + i] as number]) i++
      return i === content.length
    })
  }

  function addPart(bytes: Uint8Array, start: number, end: number, into: IdBuffer): void {
    let hash = hashSeed
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), hashFactor)
    into.reserve(roomForWord)
    if (parts.copy(bytes, start, end, hash, into)) return
    const text = decodeText(bytes, start, end)
    const first = into.length
    into.push(library.encode(lowerCase ? text.toLowerCase() : text, { add_special_tokens: false }).ids)
    parts.keep(bytes, start, end, hash, into, first)
  }

  function addParts(bytes: Uint8Array, start: number, end: number, into: IdBuffer): void {
    let from = start
    for (let at = start; at < end && partsIdeographs; at++) {
      if (!isIdeograph(bytes, at, end)) continue
      if (at > from) addPart(bytes, from, at, into)
      addPart(bytes, at, at + 3, into)
      from = at + 3
      at += 2
    }
    if (end > from) addPart(bytes, from, end, into)
  }

  return (bytes, start, end, into) => {
    let at = start
    let part = start
    let partIds = into.length
    while (at < end) {
      let kind = kinds[bytes[at] as number] as number
      if (kind === blank) {
        part = ++at
        partIds = into.length
        continue
      }
      const word = at
      let hash = hashSeed
      // One pass finds a word's end and its hash.
      while (kind === letter) {
        hash = Math.imul(hash ^ (fold[bytes[at] as number] as number), hashFactor)
        kind = ++at < end ? (kinds[bytes[at] as number] as number) : blank
      }
      if (kind === other || (kind === opening && isAdded(bytes, at, end))) {
        while (at < end && kinds[bytes[at] as number] !== blank) at++
        into.length = partIds
        addParts(bytes, part, at, into)
        continue
      }
      if (at === word) hash = Math.imul(hash ^ (bytes[at++] as number), hashFactor)
      into.reserve(roomForWord)
      if (words.copy(bytes, word, at, hash, into)) continue
      const first = into.length
      split(bytes, word, at, fold, into)
      words.keep(bytes, word, at, hash, into, first)
    }
  }
}

const isKnown = (entry: readonly [string, number | undefined]): entry is readonly [string, number] =>
  entry[1] !== undefined

/** More ids than a remembered word has. */
const roomForWord = 256

function isBert(
  { normalizer, pre_tokenizer: words, model }: WordPieceDefinition,
  config: Record<string, unknown>,
): boolean {
  const plain = !model?.fuse_unk && !config['remove_space'] && !config['do_lowercase_and_remove_accent']
  return (
    plain && normalizer?.type === 'BertNormalizer' && words?.type === 'BertPreTokenizer' && model?.type === 'WordPiece'
  )
}

/** The texts of added tokens, as they are and as the library looks for them; null where one may reach over blanks. */
function addedTokens({ added_tokens: tokens = [] }: WordPieceDefinition, { normalizer }: Tokenizer): string[] | null {
  const contents = new Set<string>()
  const normalized = new Set<string>()
  for (const token of tokens) {
    contents.add(token.content)
    if (!(token.normalized ?? !token.special)) continue
    const content = normalizer?.(token.content) ?? token.content
    if (normalized.has(content)) return null
    normalized.add(content)
  }
  const all = [...new Set([...contents, ...normalized])]
  return all.some((content) => content === '' || /[\s\p{C}]/u.test(content)) ? null : all
}

const other = 0
const letter = 1
const blank = 2
const mark = 3
/** A mark that an added token may begin with. */
const opening = 4

/**
 * What each byte is: a letter or digit, a blank, a mark (a word of its own), or other, which the library knows. So is a
 * letter that an added token begins with.
 */
function kindsOf(added: readonly string[]): Uint8Array {
  const kinds = new Uint8Array(256)
  for (let byte = 0x21; byte < 0x7f; byte++) kinds[byte] = /[A-Za-z0-9]/.test(String.fromCharCode(byte)) ? letter : mark
  for (const blanks of ' \t\n\r') kinds[blanks.charCodeAt(0)] = blank
  for (const content of added) {
    for (const first of [content.toLowerCase(), content.toUpperCase()]) {
      const code = first.charCodeAt(0)
      if (code < 128) kinds[code] = kinds[code] === letter || kinds[code] === other ? other : opening
    }
  }
  return kinds
}

/** A table of bytes in which capital letters are small ones. */
function lettersFolded(fold: boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (fold && byte >= 65 && byte <= 90 ? byte + 32 : byte))
}

const asTheyAre = lettersFolded(false)
const folded = lettersFolded(true)

/** Whether a character of three bytes that BERT puts blanks around begins here: U+3400–4DBF, 4E00–9FFF, F900–FAFF. */
function isIdeograph(bytes: Uint8Array, at: number, end: number): boolean {
  const first = bytes[at] as number
  if (first < 0xe3 || first > 0xef || at + 3 > end) return false
  const [second, third] = [bytes[at + 1] as number, bytes[at + 2] as number]
  if (second >> 6 !== 2 || third >> 6 !== 2) return false
  const code = ((first & 15) << 12) | ((second & 63) << 6) | (third & 63)
  return (code >= 0x3400 && code <= 0x4dbf) || (code >= 0x4e00 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff)
}
