/** Whether a node's type is a file beside its pipeline: `./nodes/vat`, `../shared/vat`. */
export const isOwnType = (type: string): boolean => /^\.{1,2}\//.test(type)
