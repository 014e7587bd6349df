import { useQuery } from '@tanstack/react-query';
import { networksQuery } from '../../api/group-queries.ts';
import { HostSelect } from '../groups/host-select.tsx';

interface RecordedHostsProps {
  readonly host: string | undefined;
  readonly onChoose: (host: string | undefined) => void;
}

/** Of which host. */
export function RecordedHosts(props: RecordedHostsProps) {
  const { data } = useQuery(networksQuery);
  return <HostSelect {...props} hosts={data?.items.map(({ host }) => host) ?? []} />;
}
