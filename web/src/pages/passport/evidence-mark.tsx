import type { ComponentView } from '../../api/wire.ts';

const meanings = {
  installed: 'It is there, but its version is not certain',
  declared: 'A lock file asks for it; whether it is there is not known',
  claimed: 'A bill of materials inside the image says that it is there',
} as const;

/** A small word beside what is not plainly installed. */
export function EvidenceMark({ evidence }: Pick<ComponentView, 'evidence'>) {
  if (evidence === null || (evidence.kind === 'installed' && evidence.confidence === 'certain')) return null;
  const note = evidence.note === null ? '' : ` (${evidence.note})`;
  return (
    <span className="quiet" title={`${meanings[evidence.kind]}${note}`}>
      {' '}
      {evidence.kind === 'installed' ? evidence.confidence : evidence.kind}
    </span>
  );
}
