import { type RefObject, useId } from 'react';
import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { offsetOf } from './place-in-text.ts';
import { PlanView } from './plan-view.tsx';
import css from './policy.module.css';
import { Refusal } from './refusal.tsx';
import { changedIn, usePlan } from './use-plan.ts';

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
  const { plan, apply, isPlanned, error } = usePlan(text, file);
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
          apply.reset();
          onChange(event.target.value);
        }}
      />
      <div className={css.actions}>
        <Button disabled={text.trim() === '' || plan.isPending || apply.isPending} onClick={() => plan.mutate(text)}>
          Plan
        </Button>
        <Button main disabled={!isPlanned || apply.isPending} onClick={() => apply.mutate(text)}>
          Apply
        </Button>
        <span className="quiet">
          {plan.isSuccess && !isPlanned
            ? 'The text was changed after it was planned: plan it again.'
            : 'Only what was planned can be applied.'}
        </span>
      </div>
      {error !== null && (
        <Refusal
          error={error}
          file={file}
          onGo={(place) => {
            const at = offsetOf(text, place);
            area.current?.focus();
            area.current?.setSelectionRange(at, at);
          }}
        />
      )}
      {isPlanned && plan.data !== undefined && <PlanView plan={plan.data} />}
      {apply.data !== undefined && (
        <Notice tone="calm" title={`In force: ${plural(changedIn(apply.data), 'document')} changed.`} />
      )}
    </div>
  );
}
