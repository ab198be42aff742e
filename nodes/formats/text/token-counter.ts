import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HeadraceError } from '@headrace/runtime/sdk'
import type { TokenCounter } from './chunks.ts'

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
    const definition = JSON.parse(readFileSync(file, 'utf8')) as Definition
    const { Tokenizer } = await import('@huggingface/tokenizers')
    const tokenizer = new Tokenizer(definition, {})
    return {
      count: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length,
      additive: isAdditive(definition),
    }
  } catch (cause) {
    throw new HeadraceError('bad-tokenizer', `${file} is no tokenizer that can be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

interface Definition {
  readonly normalizer?: { readonly type?: string } | null
  readonly pre_tokenizer?: { readonly type?: string } | null
  readonly added_tokens?: readonly { readonly content: string }[]
}

/** BERT's way: blanks part words before anything else happens, so that words can be counted alone. */
function isAdditive({ normalizer, pre_tokenizer: words, added_tokens: added = [] }: Definition): boolean {
  const splits = words?.type === 'BertPreTokenizer' || words?.type === 'WhitespaceSplit'
  const keeps = !normalizer || normalizer.type === 'BertNormalizer' || normalizer.type === 'Lowercase'
  return splits && keeps && added.every(({ content }) => !/\s/.test(content))
}
