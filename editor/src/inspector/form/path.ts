/** The way to a setting: names of keys, places in lists. */
export type Path = readonly (string | number)[]

/** A path as problems name it: `columns.price`, `routes[2].where`. */
export const settingText = (path: Path): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i ? `.${part}` : part)).join('')

/** Whether a problem's setting is this one, or lies inside it. */
export function isUnder(setting: string | undefined, path: Path): boolean {
  const text = settingText(path)
  if (setting === undefined || !setting.startsWith(text)) return false
  return setting.length === text.length || setting[text.length] === '.' || setting[text.length] === '['
}
