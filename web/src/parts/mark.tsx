/** Two breakwaters, a container between them, and the light at the entrance. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path d="M20.6 5.1a11.6 11.6 0 1 0 6.3 6.3" stroke="var(--sea)" strokeWidth="2.6" strokeLinecap="round" />
      <rect x="11" y="12.5" width="9" height="9" rx="1.4" fill="var(--ink)" />
      <circle cx="25.2" cy="6.8" r="2.5" fill="#e8992c" />
    </svg>
  );
}
