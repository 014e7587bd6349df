import type { ReactNode } from 'react';
import css from './registries.module.css';

/** Holds a table that may be wider than the page; it takes the focus, so that the arrow keys move what is in it. */
export const ScrollBox = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <section className={css.scroll} aria-label={label} tabIndex={0}>
    {children}
  </section>
);
