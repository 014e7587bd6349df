import { useQuery } from '@tanstack/react-query';
import { overviewQuery } from '../../api/queries.ts';
import { Empty } from '../../parts/notice.tsx';

/** Says why there is none: nothing matches, no engine, an engine that cannot be read, or nothing that runs. */
export function NoContainers({ filtered }: { readonly filtered: boolean }) {
  const { data: overview } = useQuery(overviewQuery);
  if (filtered) return <Empty icon="containers" title="No container that is remembered fits." />;
  if (overview === undefined) return null;
  const unwatched = overview.engines.find((engine) => engine.state !== 'watching');
  if (overview.engines.length === 0) {
    return (
      <Empty icon="containers" title="No engine was found on this machine." command="portwarden doctor">
        Portwarden looks for the sockets of Docker and Podman. The doctor says where it looked.
      </Empty>
    );
  }
  if (unwatched !== undefined) {
    return (
      <Empty
        icon="containers"
        title={`${unwatched.engine} on ${unwatched.host} cannot be watched.`}
        command="portwarden doctor"
      >
        {unwatched.message}
      </Empty>
    );
  }
  return <Empty icon="containers" title="Nothing runs now." />;
}
