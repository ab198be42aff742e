/** JSON on several lines, every character of its values as it was: long numbers keep their digits. */
export function indented(json: string): string {
  let [out, depth, inText] = ['', 0, false]
  const line = () => `\n${'  '.repeat(depth)}`
  for (let i = 0; i < json.length; i++) {
    const sign = json[i] as string
    if (inText) {
      out += sign
      if (sign === '\\') out += json[++i] ?? ''
      else if (sign === '"') inText = false
    } else if (sign === '{' || sign === '[') {
      const empty = json[i + 1] === '}' || json[i + 1] === ']'
      if (empty) out += sign + json[++i]
      else {
        depth++
        out += sign + line()
      }
    } else if (sign === '}' || sign === ']') {
      depth--
      out += line() + sign
    } else if (sign === ',') out += sign + line()
    else if (sign === ':') out += ': '
    else {
      inText = sign === '"'
      if (inText || sign.trim()) out += sign
    }
  }
  return out
}
