/** A channel that feeds a turbine. */
export function Logo() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="1" y="1" width="22" height="22" rx="6" fill="var(--accent)" />
      <path d="M1 15c4 0 5-3 9-3s5 3 13 1v4a6 6 0 0 1-6 6H7a6 6 0 0 1-6-6z" fill="var(--panel)" opacity="0.85" />
    </svg>
  )
}
