/** A batch has at most so many rows, and about so many bytes where it has more than one. */
export const batchRows = 8192
export const batchBytes = 2 << 20
