import type { ReactNode } from 'react';
import css from './panel.module.css';

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export const Panel = ({ title, aside, children }: PanelProps) => (
  <section className={css.panel} aria-label={title}>
    <div className={css.head}>
      <h2>{title}</h2>
      {aside !== undefined && <div className={css.aside}>{aside}</div>}
    </div>
    <div className={css.body}>{children}</div>
  </section>
);
