/** A sentence in which `code` stands in backticks. */
export function Prose({ text }: { readonly text: string }) {
  return text.split('`').map((part, i) =>
    i % 2 ? (
      // The parts of a fixed text
      <code key={i}>{part}</code>
    ) : (
      part
    ),
  )
}
