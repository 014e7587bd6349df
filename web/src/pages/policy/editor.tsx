import { type RefObject, useId } from 'react';
import { offsetOf } from './place-in-text.ts';
import { PlanThenApply } from './plan-then-apply.tsx';
import css from './policy.module.css';
import { usePlan } from './use-plan.ts';

/** What refusals name as the file. */
const file = 'editor';

interface EditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly area: RefObject<HTMLTextAreaElement | null>;
}

/** Documents as text: planned first, and applied only as they were planned. */
export function Editor({ text, onChange, area }: EditorProps) {
  const id = useId();
  const planning = usePlan(text, file);
  return (
    <div className={css.editor}>
      <label htmlFor={id}>Documents in YAML, several apart by a line of three dashes</label>
      <textarea
        id={id}
        ref={area}
        className={css.area}
        rows={16}
        spellCheck={false}
        autoCapitalize="none"
        value={text}
        onChange={(event) => {
          planning.apply.reset();
          onChange(event.target.value);
        }}
      />
      <PlanThenApply
        text={text}
        planning={planning}
        isReady={text.trim() !== ''}
        file={file}
        onGo={(place) => {
          const at = offsetOf(text, place);
          area.current?.focus();
          area.current?.setSelectionRange(at, at);
        }}
      />
    </div>
  );
}
