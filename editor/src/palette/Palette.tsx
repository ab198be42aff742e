/** The node types, to be dragged from. */
export function Palette() {
  return <div className="palette" />
}
