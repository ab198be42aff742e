/** The bar above everything. */
export function Bar() {
  return <div className="bar" />
}
