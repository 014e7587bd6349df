import type { RegistryCell } from '../../api/wire.ts';
import { CertificateState } from '../../parts/certificate-state.tsx';
import { formatTime, shortDigest } from '../../parts/format.ts';
import css from './registries.module.css';

interface MatrixCellProps {
  readonly cell: RegistryCell | undefined;
  /** What differs here. */
  readonly words: readonly string[];
}

/** What one registry has of a tag. That it is absent, and that nobody could look, are told apart by words and by look. */
export function MatrixCell({ cell, words }: MatrixCellProps) {
  const state = cell?.state ?? 'unknown';
  return (
    <td data-state={state} data-differs={words.length > 0 || undefined}>
      {state === 'absent' && <span className={css.absent}>absent</span>}
      {state === 'unknown' && <span className={css.unknown}>could not look</span>}
      {cell?.state === 'present' && <Present cell={cell} />}
      {cell?.message != null && (
        <div className={css.message}>
          {state === 'present' ? `not wholly looked at: ${cell.message}` : cell.message}
        </div>
      )}
      {words.length > 0 && (
        <ul className={css.words}>
          {words.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </td>
  );
}

function Present({
  cell: { digest, certificate, signed, platforms, created, message },
}: {
  readonly cell: RegistryCell;
}) {
  const built = created === null ? undefined : `built ${formatTime(created)} UTC`;
  const details = [digest, platforms?.join(', '), built].filter(Boolean).join('\n');
  return (
    <div className={css.present}>
      <code title={details}>{digest === null ? 'no digest' : shortDigest(digest)}</code>
      {certificate === null ? <span className="quiet">never judged</span> : <CertificateState state={certificate} />}
      <Signed signed={signed} looked={message === null} />
    </div>
  );
}

/** Null is not "unsigned": the registry trusts nobody, or who signed it could not be checked. */
function Signed({ signed, looked }: { readonly signed: boolean | null; readonly looked: boolean }) {
  if (signed === true) return <span className={css.good}>signed</span>;
  if (signed === false) return <span className={css.bad}>not signed</span>;
  return looked ? (
    <span className="quiet" title="This registry has no trust root, or it is no image">
      signatures not asked for
    </span>
  ) : (
    <span className={css.unknown}>signed: not known</span>
  );
}
