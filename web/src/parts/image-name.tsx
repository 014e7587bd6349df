import { shortDigest, shortReference } from './format.ts';
import css from './image-name.module.css';

/** A reference whose end stays in sight where room is short: registries are long, names and tags say what it is. */
export function ImageName({ reference }: { readonly reference: string }) {
  const short = /^sha(256|512):/.test(reference) ? shortDigest(reference) : shortReference(reference);
  const slash = short.lastIndexOf('/') + 1;
  return (
    <span className={css.name} title={reference}>
      <bdi dir="ltr">
        {slash > 0 && <span className={css.home}>{short.slice(0, slash)}</span>}
        {short.slice(slash)}
      </bdi>
    </span>
  );
}
