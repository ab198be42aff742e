import { open } from 'node:fs/promises'
import { type DeadLetter, readLetter } from '../deadletters-reader.ts'
import { textBetween } from '../linesof.ts'

/** Some rejected rows that are run again: a range of a file in the replay's folder, whole lines. */
export interface LetterRange {
  /** Absolute. */
  readonly file: string
  readonly start: number
  readonly end: number
}

/** The rows of a range: at most a split's. */
export async function lettersIn({ file, start, end }: LetterRange): Promise<DeadLetter[]> {
  await using handle = await open(file)
  const text = await textBetween(handle, start, end)
  return text.split('\n').filter(Boolean).map(readLetter)
}
