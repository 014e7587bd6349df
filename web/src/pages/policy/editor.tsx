import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useId } from 'react';
import { post, put } from '../../api/client.ts';
import type { DocumentFilesInput, DocumentPlan } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { plural } from '../../parts/format.ts';
import { ErrorNotice, Notice } from '../../parts/notice.tsx';
import { offsetOf, placeIn } from './place-in-text.ts';
import { PlanView } from './plan-view.tsx';
import css from './policy.module.css';

/** What refusals name as the file. */
const file = 'editor';
const bodyOf = (text: string): DocumentFilesInput => ({ files: [{ name: file, text }] });

interface EditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly area: RefObject<HTMLTextAreaElement | null>;
}

/** Documents as text: planned first, and applied only as they were planned. */
export function Editor({ text, onChange, area }: EditorProps) {
  const client = useQueryClient();
  const id = useId();
  const plan = useMutation({ mutationFn: (asked: string) => post<DocumentPlan>('documents/plan', bodyOf(asked)) });
  const apply = useMutation({
    mutationFn: (planned: string) => put<DocumentPlan>('documents', bodyOf(planned)),
    onSuccess: async () => {
      plan.reset();
      await client.invalidateQueries({
        predicate: ({ queryKey: [key] }) => ['documents', 'certificates', 'groups', 'networks'].includes(String(key)),
      });
    },
  });
  const isPlanned = plan.isSuccess && plan.variables === text;
  // What is said of another text would be taken for what is said of this one.
  const error = (plan.variables === text ? plan.error : null) ?? (apply.variables === text ? apply.error : null);
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
      {error !== null && <Refusal error={error} text={text} area={area} />}
      {isPlanned && plan.data !== undefined && <PlanView plan={plan.data} />}
      {apply.data !== undefined && (
        <Notice tone="calm" title={`In force: ${plural(changedIn(apply.data), 'document')} changed.`} />
      )}
    </div>
  );
}

const changedIn = ({ changes }: DocumentPlan): number => changes.filter(({ change }) => change !== 'none').length;

/** What is wrong, and the way to where it stands. */
function Refusal({ error, text, area }: { readonly error: Error } & Pick<EditorProps, 'text' | 'area'>) {
  const place = placeIn(error.message, file);
  const show = () => {
    if (place === undefined) return;
    const at = offsetOf(text, place);
    area.current?.focus();
    area.current?.setSelectionRange(at, at);
  };
  return (
    <>
      <ErrorNotice error={error} />
      {place !== undefined && (
        <div>
          <Button onClick={show}>
            Go to line {place.line}, column {place.column}
          </Button>
        </div>
      )}
    </>
  );
}
