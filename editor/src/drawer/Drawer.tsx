/** What belongs to the selected edge or node. */
export function Drawer() {
  return <div className="drawer" />
}
