import type { ReactNode } from 'react';
import css from './figure.module.css';

interface FigureProps {
  readonly label: string;
  readonly value: string;
  /** What it is a part of: `212 of 214`. */
  readonly of?: string | undefined;
  readonly note?: ReactNode;
  readonly tone?: 'uncharted' | 'bad' | undefined;
}

/** One number, with what it counts. A long one is set smaller. */
export const Figure = ({ label, value, of, note, tone }: FigureProps) => (
  <div className={css.figure} data-tone={tone}>
    <dt className={css.label}>{label}</dt>
    <dd className={css.value} data-long={value.length > 8 || undefined} title={value.length > 8 ? value : undefined}>
      {value}
      {of !== undefined && <span className={css.of}> of {of}</span>}
    </dd>
    {note !== undefined && <dd className={css.note}>{note}</dd>}
  </div>
);

export const FigureStrip = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <dl className={css.strip} aria-label={label}>
    {children}
  </dl>
);
