import { Link } from '@tanstack/react-router';
import type { Overview } from '../../api/wire.ts';
import { Age } from '../../parts/age.tsx';
import { formatCount } from '../../parts/format.ts';
import { ImageName } from '../../parts/image-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import css from './overview-page.module.css';

export function OldestRunning({ images }: { readonly images: Overview['oldestRunning'] }) {
  const oldest = Math.max(1, ...images.map((image) => image.ageDays));
  return (
    <Panel title="Oldest that run" aside="age of the image">
      {images.length === 0 ? (
        <p className="quiet">No image that runs says when it was made.</p>
      ) : (
        <ul className={`${css.rows} ${css.aged}`}>
          {images.slice(0, 5).map((image) => (
            <li key={image.imageId}>
              <Link className={css.name} to="/images/$image" params={{ image: image.imageId }}>
                <ImageName reference={image.image} />
              </Link>
              <span className={css.count}>× {formatCount(image.running)}</span>
              <div className={css.ageBar}>
                <div className={css.ageTrack}>
                  <div className={css.ageFill} style={{ width: `${(image.ageDays / oldest) * 100}%` }} />
                </div>
                <Age days={image.ageDays} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
