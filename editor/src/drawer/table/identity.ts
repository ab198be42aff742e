/** A row's identity for people: `emoji:emoji.csv:17.3@left` is `emoji.csv row 17, piece 4, left`. */
export function identityText(identity: string): string {
  const found = /^([^:]*):(.*):(\d+)((?:\.\d+)*)(?:@(.*))?$/.exec(identity)
  if (!found) return identity
  const [, node = '', path = '', row, pieces = '', branch] = found
  const piece = pieces
    .split('.')
    .slice(1)
    .map((place) => Number(place) + 1)
    .join('.')
  const place = `${path.split('/').at(-1) || node} row ${row}`
  return [place, ...(piece ? [`piece ${piece}`] : []), ...(branch ? [branch] : [])].join(', ')
}
