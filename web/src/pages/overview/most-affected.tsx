import { Link } from '@tanstack/react-router';
import type { Overview } from '../../api/wire.ts';
import { formatCount } from '../../parts/format.ts';
import { ImageName } from '../../parts/image-name.tsx';
import { Panel } from '../../parts/panel.tsx';
import { SeverityFigures } from '../../parts/severity.tsx';
import css from './overview-page.module.css';

export const MostAffected = ({ images }: { readonly images: Overview['mostAffected'] }) => (
  <Panel title="Most affected" aside="running · critical · high">
    {images.length === 0 ? (
      <p className="quiet">No image that runs has a known flaw.</p>
    ) : (
      <ul className={`${css.rows} ${css.affected}`}>
        {images.slice(0, 5).map((image) => (
          <li key={image.imageId}>
            <Link className={css.name} to="/images/$image" params={{ image: image.imageId }}>
              <ImageName reference={image.image} />
            </Link>
            <span className={css.count}>× {formatCount(image.running)}</span>
            <SeverityFigures counts={image.severities} judgement="judged" />
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
