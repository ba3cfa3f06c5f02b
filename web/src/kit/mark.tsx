/** The sign of Boards. */
export function Mark({ className = "" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={`shrink-0 fill-ink ${className}`} aria-hidden="true">
      <rect x="3" y="3" width="12" height="16" rx="2.5" />
      <rect x="17" y="3" width="12" height="9" rx="2.5" />
      <rect x="3" y="21" width="12" height="8" rx="2.5" />
      <rect x="17" y="14" width="12" height="15" rx="2.5" className="fill-accent" />
    </svg>
  );
}
