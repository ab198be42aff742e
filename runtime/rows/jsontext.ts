/** JSON as `JSON.stringify` writes it, with all digits of a BigInt; bytes are base64, a NaN is a text. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`
  if (ArrayBuffer.isView(value)) return jsonText(Array.from(value as Float32Array))
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (value instanceof Date || typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${jsonText(one)}`)
    .join(',')}}`
}
