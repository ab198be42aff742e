/** Pages that are not as this reader reads them: DuckDB reads the rows from there on, or says what is wrong with them. */
export class NotOurs extends Error {}

/** Ends the reading by pages; `why` is for whoever debugs it, no user sees it. */
export function notOurs(why: string): never {
  throw new NotOurs(why)
}
