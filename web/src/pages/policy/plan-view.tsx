import { Link } from '@tanstack/react-router';
import type { DocumentPlan } from '../../api/wire.ts';
import { CertificateState } from '../../parts/certificate-state.tsx';
import { plural } from '../../parts/format.ts';
import { LaunchOutcome } from '../../parts/launch-outcome.tsx';
import css from './policy.module.css';

const words = { create: 'new', change: 'changed', none: 'as it is' } as const satisfies Record<
  DocumentPlan['changes'][number]['change'],
  string
>;

/** What applying would change, and which images it would turn. */
export function PlanView({ plan: { changes, effects } }: { readonly plan: DocumentPlan }) {
  const { images, turned, launches } = effects;
  return (
    <section className={css.plan} aria-label="Plan">
      <ul className={css.changes}>
        {changes.map(({ kind, name, change }) => (
          <li key={`${kind}/${name}`}>
            <span className={change === 'none' ? 'quiet' : css.changed}>{words[change]}</span>
            <span className="quiet">{kind}</span>
            <strong>{name}</strong>
          </li>
        ))}
      </ul>
      <p role="status">
        {images === 0
          ? 'No image is judged by what would change.'
          : `${plural(images, 'image')} held against it; ${turned.length === 0 ? 'none would turn' : `${turned.length} would turn`}.`}
      </p>
      <TurnedLaunches {...launches} />
      {turned.length > 0 && (
        <ul className={css.turned}>
          {turned.map(({ image, from, to, because }) => (
            <li key={image}>
              <Link to="/certificates/image" search={{ image }}>
                <code>{image}</code>
              </Link>
              <span className={css.turn}>
                <CertificateState state={from} /> → <CertificateState state={to} />
              </span>
              <ul>
                {because.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Launches of the last days that would be decided otherwise. */
function TurnedLaunches({ replayed, turned }: DocumentPlan['effects']['launches']) {
  if (replayed === 0) return null;
  const many = turned.length === 0 ? 'none would turn' : `${turned.length} would turn`;
  return (
    <>
      <p role="status">{`${plural(replayed, 'launch')} of the last days held against it; ${many}.`}</p>
      {turned.length > 0 && (
        <ul className={css.turned} aria-label="Launches that would turn">
          {turned.map(({ id, image, from, to, because, count }) => (
            <li key={id}>
              <Link to="/launches/$id" params={{ id }}>
                <code>{image}</code>
              </Link>
              <span className={css.turn}>
                <LaunchOutcome outcome={from} /> → <LaunchOutcome outcome={to} />
                {count > 1 && <span className="quiet">{count} times</span>}
              </span>
              <ul>
                {because.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
