import { useMutation } from '@tanstack/react-query';
import { learnContract } from '../../api/contract-queries.ts';
import type { ContractSight } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import { formatCount, plural } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/notice.tsx';
import type { ContractFields } from './contract-fields.ts';
import { setIn } from './contract-text.ts';
import css from './contracts.module.css';
import type { ContractText } from './use-contract-text.ts';

interface ContractBarProps {
  readonly edited: ContractText;
  readonly fields: ContractFields;
  readonly sight: ContractSight | undefined;
  /** Why nothing can be said of the text. */
  readonly unsaid: string | undefined;
  readonly isBusy: boolean;
  readonly isTrying: boolean;
  readonly isNew: boolean;
  readonly onTry: () => void;
}

/** What the text would do, always in sight, and what may be done with it. */
export function ContractBar({ edited, fields, sight, unsaid, isBusy, isTrying, isNew, onTry }: ContractBarProps) {
  const { text, change, undo, discard, canUndo, isChanged } = edited;
  const [image = ''] = fields.images;
  const learn = useMutation({
    mutationFn: () => learnContract(image),
    onSuccess: ({ text: learned }) =>
      change(fields.name === '' ? learned : setIn(learned, ['metadata', 'name'], fields.name)),
  });
  return (
    <div className={css.bar}>
      {learn.error !== null && <ErrorNotice error={learn.error} />}
      <p role="status" className={css.barSays}>
        <strong>{isNew && !isChanged ? 'Not in force.' : isChanged ? 'Changed, not in force.' : 'In force.'}</strong>{' '}
        <span className="soft">{isBusy ? 'Holding it against recorded starts…' : (unsaid ?? wordsOf(sight))}</span>
      </p>
      <div className={css.barDoes}>
        <Button disabled={!canUndo} onClick={undo}>
          Undo
        </Button>
        {isChanged && <Button onClick={discard}>Discard</Button>}
        <Button disabled={image === '' || image.includes('*') || learn.isPending} onClick={() => learn.mutate()}>
          Learn anew
        </Button>
        <Button icon="download" onClick={() => download(text, fields.name)}>
          Download
        </Button>
        {!isTrying && (
          <Button main onClick={onTry}>
            Try and apply
          </Button>
        )}
      </div>
    </div>
  );
}

function wordsOf(sight: ContractSight | undefined): string {
  if (sight === undefined) return '';
  if (sight.starts === 0) return 'No start of its images is recorded in this time.';
  if (sight.refuses === 0) return `It would refuse none of ${plural(sight.starts, 'start')}.`;
  return `It would refuse ${formatCount(sight.refuses)} of ${plural(sight.starts, 'start')}.`;
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name.replaceAll(/[^A-Za-z0-9._-]/g, '-') || 'contract'}.yaml`;
  link.click();
  URL.revokeObjectURL(url);
}
