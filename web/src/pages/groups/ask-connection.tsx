import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { explainQuery, groupsQuery } from '../../api/group-queries.ts';
import type { ConnectionExplanation, ExplainConnectionQuery } from '../../api/wire.ts';
import { Button } from '../../parts/button.tsx';
import form from '../../parts/form.module.css';
import { ErrorNotice } from '../../parts/notice.tsx';
import { Panel } from '../../parts/panel.tsx';
import { StateMark } from '../../parts/state-mark.tsx';
import { Source } from './edge-panel.tsx';
import { outcomeWords } from './group-words.ts';
import css from './groups.module.css';

/** How one connection fares now, and by which rules. */
export function AskConnection() {
  const client = useQueryClient();
  const { data: groups } = useQuery(groupsQuery);
  const list = useId();
  const [ends, setEnds] = useState({ from: '', to: '', port: '' });
  const [protocol, setProtocol] = useState<NonNullable<ExplainConnectionQuery['protocol']>>('tcp');
  const ask = useMutation({
    mutationFn: (query: ExplainConnectionQuery) => client.fetchQuery({ ...explainQuery(query), staleTime: 0 }),
  });
  const port = Number(ends.port);
  const isReady = ends.from.trim() !== '' && ends.to.trim() !== '' && /^\d{1,5}$/.test(ends.port) && port < 65_536;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) ask.mutate({ from: ends.from.trim(), to: ends.to.trim(), protocol, port });
  };
  const field = (name: keyof typeof ends, label: string, wide: boolean) => (
    <label className={`${form.field} ${wide ? '' : form.narrow}`}>
      {label}
      <input
        className={form.input}
        value={ends[name]}
        list={wide ? list : undefined}
        inputMode={wide ? undefined : 'numeric'}
        spellCheck={false}
        autoCapitalize="none"
        onChange={({ target }) => setEnds((before) => ({ ...before, [name]: target.value }))}
      />
    </label>
  );
  return (
    <Panel title="One connection as it is now">
      <form className={form.form} onSubmit={onSubmit}>
        {field('from', 'From a container, group or address', true)}
        {field('to', 'To one of these, or a DNS name', true)}
        <label className={`${form.field} ${form.narrow}`}>
          Protocol
          <select
            className={form.input}
            value={protocol}
            onChange={({ target }) => setProtocol(protocols.find((each) => each === target.value) ?? 'tcp')}
          >
            {protocols.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        {field('port', protocol === 'icmp' ? 'Type' : 'Port', false)}
        <Button type="submit" disabled={!isReady || ask.isPending}>
          May it pass?
        </Button>
        <datalist id={list}>
          {groups?.items.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </form>
      {ask.error !== null && (
        <div className={css.answer}>
          <ErrorNotice error={ask.error} />
        </div>
      )}
      {ask.data !== undefined && <Answer answer={ask.data} />}
    </Panel>
  );
}

const protocols = ['tcp', 'udp', 'sctp', 'icmp'] as const;

function Answer({ answer: { outcome, message, outbound, inbound } }: { readonly answer: ConnectionExplanation }) {
  const [tone, word, meaning] = outcomeWords[outcome];
  return (
    <div className={css.answer} role="status">
      <StateMark tone={tone} word={word} meaning={meaning} />
      <p>{message}</p>
      {[outbound, inbound].map(
        (source) =>
          source !== null && (
            <p key={`${source.document} ${source.path}`} className="soft">
              <Source source={source} />
            </p>
          ),
      )}
    </div>
  );
}
