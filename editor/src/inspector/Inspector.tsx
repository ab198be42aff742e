/** The form of the selected node. */
export function Inspector() {
  return <div className="inspector" />
}
