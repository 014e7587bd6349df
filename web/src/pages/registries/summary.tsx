import type { RegistryDiff } from '../../api/wire.ts';
import { plural } from '../../parts/format.ts';
import { Notice } from '../../parts/notice.tsx';

const mostFailures = 20;

/** How many tags differ, and apart from that what could not be looked at: that is neither the same nor absent. */
export function Summary({
  diff: { rows, registries, failures, different, unknown, left },
}: {
  readonly diff: RegistryDiff;
}) {
  const where = `${plural(rows.length, 'tag')} in ${registries.map(({ name }) => name).join(', ')}`;
  const differ = different === 0 ? 'none is known to differ' : `${plural(different, 'differs', 'differ')}`;
  return (
    <>
      <p role="status">
        {where}: <strong>{differ}</strong>
        {unknown > 0 && ', and not everything could be looked at'}
      </p>
      {failures.length > 0 && (
        <Notice tone="warn" title="Could not look: nothing is known of these, and they are not said to differ.">
          <ul>
            {failures.slice(0, mostFailures).map(({ registry, repository, message }) => (
              <li key={`${registry} ${repository}`}>
                <strong>
                  {repository} in {registry}
                </strong>
                : {message}
              </li>
            ))}
            {failures.length > mostFailures && <li>and {plural(failures.length - mostFailures, 'more', 'more')}</li>}
          </ul>
        </Notice>
      )}
      {left !== null && (
        <Notice tone="warn" title="Not all was compared.">
          {left}
        </Notice>
      )}
    </>
  );
}
