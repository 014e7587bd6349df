import { type RefObject, useId, useRef } from 'react';
import { placeIn } from '../policy/place-in-text.ts';
import type { TextProblem } from './contract-text.ts';
import css from './contracts.module.css';

interface YamlViewProps {
  readonly text: string;
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly onChange: (text: string) => void;
  readonly problem: TextProblem | undefined;
  readonly refusal: Error | null;
}

/** The text itself, its lines numbered, and a mark where it is wrong. */
export function YamlView({ text, area, onChange, problem, refusal }: YamlViewProps) {
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const lines = text.split('\n').length;
  const wrong = problem?.line ?? (refusal ? placeIn(refusal.message, 'contract')?.line : undefined);
  return (
    <div className={css.yaml}>
      <label htmlFor={id}>The contract in YAML; its comments and their places are kept when a row is changed</label>
      <div className={css.yamlBox}>
        <div ref={gutter} className={css.gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <div key={index} data-wrong={index + 1 === wrong || undefined}>
              {index + 1}
            </div>
          ))}
        </div>
        <textarea
          id={id}
          ref={area}
          value={text}
          wrap="off"
          spellCheck={false}
          autoCapitalize="none"
          aria-invalid={wrong !== undefined}
          onChange={({ target }) => onChange(target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
    </div>
  );
}
