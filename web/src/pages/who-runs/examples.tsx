import { useQuery } from '@tanstack/react-query';
import { overviewQuery, type WhoRunsQuestion } from '../../api/queries.ts';
import { formatCount } from '../../parts/format.ts';
import css from './who-runs-page.module.css';

const examples: readonly WhoRunsQuestion[] = [
  { name: 'openssl' },
  { name: 'openssl', version: '<3.0.14' },
  { name: 'zlib' },
  { name: 'pkg:npm/express' },
];

/** Before a question: what can be asked, and of how much. */
export function Examples({ onAsk }: { readonly onAsk: (question: WhoRunsQuestion) => void }) {
  const { data: overview } = useQuery(overviewQuery);
  return (
    <>
      <p className={css.examples}>
        Such as
        {examples.map((example) => (
          <button
            key={`${example.name} ${example.version}`}
            type="button"
            className={css.example}
            onClick={() => onAsk(example)}
          >
            {example.name} {example.version}
          </button>
        ))}
      </p>
      {overview !== undefined && (
        <p className={css.examples}>
          Asked of {formatCount(overview.distinctComponents)} components in {formatCount(overview.images.read)} images
          that were read, and of {formatCount(overview.containersRemembered)} containers that run or ran.
        </p>
      )}
    </>
  );
}
