import { useQuery } from '@tanstack/react-query';
import { networksQuery } from '../../api/group-queries.ts';
import type { NetworkView } from '../../api/wire.ts';
import { formatAgo, formatSpan, formatTime, plural } from '../../parts/format.ts';
import { Empty, ErrorNotice, Notice, Waiting } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import css from './traffic.module.css';
import { hostStates } from './traffic-words.ts';

/** Where rules hold, and for which containers they cannot: why, and what to do. */
export function Hosts() {
  const { data, error } = useQuery(networksQuery);
  if (data === undefined) return error === null ? <Waiting /> : <ErrorNotice error={error} />;
  if (data.items.length === 0) {
    return (
      <Empty icon="host" title="No host has said anything of its networks." command="portwarden up">
        Rules hold where an agent runs with the right to change the kernel’s firewall.
      </Empty>
    );
  }
  return (
    <div className={css.hosts}>
      {data.items.map((network) => (
        <Host key={network.host} network={network} />
      ))}
    </div>
  );
}

function Host({ network }: { readonly network: NetworkView }) {
  const { host, state, message, at, containers, waiting, bridges, outOfReach, recording } = network;
  const [tone, word, meaning] = hostStates[state];
  return (
    <Panel title={host} aside={<StateMark tone={tone} word={word} meaning={meaning} />}>
      <div className={css.host}>
        {message !== null && <Notice tone={state === 'failed' ? 'bad' : 'warn'} title={message} />}
        <p className="soft">
          {meaning}. {plural(containers, 'container')} in {plural(bridges.length, 'network')}
          {at !== null && <span title={`${formatTime(at)} UTC`}>, as its agent said {formatAgo(at)}</span>}
          {recording !== null && `; connections recorded for ${formatSpan(recording.from, recording.to)}`}.
        </p>
        {waiting > 0 && (
          <Notice tone="warn" title={`${plural(waiting, 'container')} closed until its place in the network is known.`}>
            This takes moments. If it stays, look into the log of the agent.
          </Notice>
        )}
        {outOfReach.length > 0 && (
          <>
            <h3>No rule holds for</h3>
            <ul className={css.reach} aria-label={`Out of reach on ${host}`}>
              {outOfReach.map((each) => (
                <li key={`${each.id} ${each.network}`}>
                  <strong>{each.name}</strong>{' '}
                  <span className="quiet">
                    {each.engine}, network {each.network} ({each.driver})
                  </span>
                  <div>{each.message}</div>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Panel>
  );
}
