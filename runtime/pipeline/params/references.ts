/** A part of a text: plain characters, or what stands for a parameter; places are characters from 0, half open. */
export interface Piece {
  readonly start: number
  readonly end: number
  /** The plain characters, with `$${` as `${`. */
  readonly text: string
  /** The parameter's name; null where the part is plain, '' where a `${` is never closed. */
  readonly name: string | null
}

const reference = /\$\$\{|\$\{([^{}]*)\}|\$\{/g

/** Takes a text apart at `${name}` and `$${`; null where it has neither. */
export function piecesOf(text: string): Piece[] | null {
  if (!text.includes('${')) return null
  const pieces: Piece[] = []
  let at = 0
  const plain = (end: number) => {
    if (end > at) pieces.push({ start: at, end, text: text.slice(at, end), name: null })
  }
  for (const found of text.matchAll(reference)) {
    const [whole, name] = found
    plain(found.index)
    const end = found.index + whole.length
    if (whole === '$${') pieces.push({ start: found.index, end, text: '${', name: null })
    else pieces.push({ start: found.index, end, text: whole, name: name?.trim() ?? '' })
    at = end
  }
  plain(text.length)
  return pieces
}

/** A text with one parameter's name in place of another; everything else is left as it is. */
export function renameReference(text: string, from: string, to: string): string {
  const pieces = piecesOf(text)
  if (!pieces) return text
  return pieces.map(({ start, end, name }) => (name === from ? `\${${to}}` : text.slice(start, end))).join('')
}
