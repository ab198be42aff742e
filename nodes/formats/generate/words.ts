/** Plain words for made-up texts, some of them not ASCII, so that nobody forgets that there are such. */
export const words: readonly string[] = (
  'river mill water wheel stone bridge valley field harvest barn village market road cart horse lantern window garden ' +
  'orchard apple pear cherry plum honey bread butter salt pepper kettle copper iron silver gold hammer anvil forge ' +
  'engine turbine channel gate sluice reservoir current pressure valve pipe pump meter signal lamp cable tower storm ' +
  'cloud rain snow frost summer winter autumn spring morning evening midnight noon quiet bright narrow broad steep ' +
  'shallow ancient modern simple steady rapid gentle heavy light carry follow gather measure repair build open close ' +
  'begin finish count sort filter store search find answer question letter paper ink press story teacher student ' +
  'doctor baker miller weaver sailor captain island harbour anchor compass map north south east west über größe café ' +
  'naïve señor façade smörgås žlutý кот 水車 川 and the of a in to with from under over between'
).split(' ')

/** Each word's bytes. */
export const wordBytes: readonly Uint8Array[] = words.map((word) => new TextEncoder().encode(word))
