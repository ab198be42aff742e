/** A path, or several, in few words for a card: `emoji.csv`, `docs/**\/*.md`, `orders.csv and 2 more`. */
export function pathSummary(path: string | readonly string[]): string {
  const paths = typeof path === 'string' ? [path] : path
  const [first = '', ...more] = paths
  return more.length ? `${shortPath(first)} and ${more.length} more` : shortPath(first)
}

/** The file's name, or a pattern with the folder that it begins in. */
export function shortPath(path: string): string {
  const parts = path.split(/[\\/]/)
  const folder = parts.at(-1) === '' && parts.length > 1
  const names = folder ? parts.slice(0, -1) : parts
  const pattern = names.findIndex((name) => /[*?[{]/.test(name))
  const from = pattern < 0 || pattern === names.length - 1 ? names.length - 1 : Math.max(0, pattern - 1)
  return `${names.slice(from).join('/')}${folder ? '/' : ''}` || path
}

/** What there is to say, one after the other: `all-minilm-l6-v2 · text`. */
export const summaryOf = (...parts: readonly (string | undefined | false)[]): string =>
  parts.filter((part) => part).join(' · ')
