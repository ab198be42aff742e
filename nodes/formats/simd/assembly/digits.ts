const high: u64 = 0xf0f0f0f0f0f0f0f0

/** Whether eight bytes are digits. */
export function areDigits(v: u64): bool {
  return ((v & high) | (((v + 0x0606060606060606) & high) >> 4)) === 0x3333333333333333
}

/** The number that eight digits write; Daniel Lemire, "Quickly parsing eight digits". */
export function eightDigits(v: u64): u32 {
  v -= 0x3030303030303030
  v = v * 10 + (v >> 8)
  const even = (v & 0x000000ff000000ff) * 0x000f424000000064
  const odd = ((v >> 16) & 0x000000ff000000ff) * 0x0000271000000001
  return <u32>((even + odd) >> 32)
}

/** The first `count` of eight bytes, 1 to 8, with zeros (the digit) before them. */
export function withZeros(v: u64, count: i32): u64 {
  const gone = <u64>(64 - 8 * count)
  // Two shifts: one by 64 would be none.
  return (v << gone) | ((0x3030303030303030 >> 8) >> (56 - gone))
}
