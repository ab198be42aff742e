/** The contract's version; a node library made for another is refused when it is loaded. */
export const contract = 1
