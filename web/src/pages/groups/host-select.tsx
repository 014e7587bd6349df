interface HostSelectProps {
  readonly hosts: readonly string[];
  readonly host: string | undefined;
  readonly onChoose: (host: string | undefined) => void;
}

/** Where there are several hosts, or one was asked for. */
export function HostSelect({ hosts, host, onChoose }: HostSelectProps) {
  if (hosts.length < 2 && host === undefined) return null;
  const known = host === undefined || hosts.includes(host) ? hosts : [...hosts, host];
  return (
    <select aria-label="Host" value={host ?? ''} onChange={({ target }) => onChoose(target.value || undefined)}>
      <option value="">all hosts</option>
      {known.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
