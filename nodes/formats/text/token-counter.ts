import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { decodeText, HeadraceError } from '@headrace/runtime/sdk'
import { IdBuffer } from '../model/id-buffer.ts'
import { type WordPieceDefinition, wordPiece } from '../model/wordpiece.ts'

/** How many tokens a text, given as UTF-8, has for a model. */
export interface TokenCounter {
  readonly count: (bytes: Uint8Array, start: number, end: number) => number
  /** Whether a text's tokens are those of its words, one after the other. */
  readonly additive: boolean
}

/** The `tokenizer.json` that a setting means: the file itself, or the one in a model's folder. */
function tokenizerFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found)
    throw new HeadraceError('no-tokenizer', `there is no file or folder ${path}`, {
      hint: 'Name a model folder or its tokenizer.json.',
    })
  const file = found.isDirectory() ? join(path, 'tokenizer.json') : path
  if (!statSync(file, { throwIfNoEntry: false })) {
    throw new HeadraceError('no-tokenizer', `the folder ${path} has no tokenizer.json`, {
      hint: 'Name the folder of a model with its tokenizer.',
    })
  }
  return file
}

/** Counts tokens as a model's tokenizer makes them, without those that mark a text's beginning and end. */
export async function openTokenCounter(path: string): Promise<TokenCounter> {
  const file = tokenizerFile(path)
  try {
    const definition = JSON.parse(readFileSync(file, 'utf8')) as WordPieceDefinition
    const { Tokenizer } = await import('@huggingface/tokenizers')
    const tokenizer = new Tokenizer(definition, {})
    const append = wordPiece(definition, {}, tokenizer, false)
    const ids = new IdBuffer()
    const ofText = remembered((text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length)
    return {
      count: (bytes, start, end) => {
        if (!append) return ofText(decodeText(bytes, start, end))
        ids.length = 0
        append(bytes, start, end, ids)
        return ids.length
      },
      additive: isAdditive(definition),
    }
  } catch (cause) {
    throw new HeadraceError('bad-tokenizer', `${file} is no tokenizer that can be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Most texts are made of the same words: their counts are kept until there are too many. */
function remembered(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>()
  return (text) => {
    let tokens = known.get(text)
    if (tokens === undefined) {
      tokens = count(text)
      if (text.length > longestKept) return tokens
      if (known.size >= 200_000) known.clear()
      known.set(text, tokens)
    }
    return tokens
  }
}

/** Longer texts are pieces, not words, and hardly come twice. */
const longestKept = 64

/** BERT's way: blanks part words before anything else happens, so that words can be counted alone. */
function isAdditive({ normalizer, pre_tokenizer: words, added_tokens: added = [] }: WordPieceDefinition): boolean {
  const splits = words?.type === 'BertPreTokenizer' || words?.type === 'WhitespaceSplit'
  const keeps = !normalizer || normalizer.type === 'BertNormalizer' || normalizer.type === 'Lowercase'
  return splits && keeps && added.every(({ content }) => !/\s/.test(content))
}
