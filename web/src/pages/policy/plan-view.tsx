import { Link } from '@tanstack/react-router';
import type { DocumentPlan } from '../../api/wire.ts';
import { CertificateState } from '../../parts/certificate-state.tsx';
import { plural } from '../../parts/format.ts';
import css from './policy.module.css';

const words = { create: 'new', change: 'changed', none: 'as it is' } as const satisfies Record<
  DocumentPlan['changes'][number]['change'],
  string
>;

/** What applying would change, and which images it would turn. */
export function PlanView({ plan: { changes, effects } }: { readonly plan: DocumentPlan }) {
  const { images, turned } = effects;
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
