/** The id of the element that names a node's card. */
export const nameId = (id: string): string => `card-name-${id}`
