import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { GroupNode } from '../../api/wire.ts';
import button from '../../parts/button.module.css';
import { Choice } from '../../parts/choice.tsx';
import { Combobox } from '../../parts/combobox.tsx';
import { filterId } from '../../parts/filter-box.tsx';
import { plural } from '../../parts/format.ts';
import { nameNodes, oneOf } from './group-words.ts';
import css from './groups.module.css';
import type { GroupsSearch } from './groups-search.ts';
import { HostSelect } from './host-select.tsx';

interface GroupToolsProps {
  readonly nodes: readonly GroupNode[];
  readonly projects: readonly string[];
  readonly hosts: readonly string[];
  readonly search: GroupsSearch;
  readonly onChange: (next: Partial<GroupsSearch>) => void;
}

const views = [
  { value: undefined, name: 'Map' },
  { value: 'connections', name: 'Connections' },
  { value: 'list', name: 'List' },
] as const;

/** What of the map is looked at, and how. */
export function GroupTools({ nodes, projects, hosts, search, onChange }: GroupToolsProps) {
  const { view, project, host, mode, only, days } = search;
  return (
    <>
      <Link to="/what-if" className={button.button}>
        What if…
      </Link>
      <Choice label="Shown as" options={views} value={view} onChoose={(chosen) => onChange({ view: chosen })} />
      <FocusBox nodes={nodes} search={search} onChange={onChange} />
      <div className={css.tools}>
        {projects.length > 0 && (
          <select
            aria-label="Compose project"
            value={project ?? ''}
            onChange={({ target }) => onChange({ project: target.value || undefined })}
          >
            <option value="">all projects</option>
            {projects.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <HostSelect hosts={hosts} host={host} onChoose={(chosen) => onChange({ host: chosen })} />
        <select
          aria-label="Mode"
          value={mode ?? ''}
          onChange={({ target }) => onChange({ mode: oneOf(['enforce', 'observe'], target.value) })}
        >
          <option value="">both modes</option>
          <option value="enforce">enforce</option>
          <option value="observe">observe</option>
        </select>
        <select
          aria-label="Traffic of"
          value={days ?? ''}
          onChange={({ target }) => onChange({ days: oneOf(['7', '30'], target.value) })}
        >
          <option value="">last 24 hours</option>
          <option value="7">last 7 days</option>
          <option value="30">last 30 days</option>
        </select>
        <label className={css.check}>
          <input
            type="checkbox"
            checked={only === 'refused'}
            onChange={({ target }) => onChange({ only: target.checked ? 'refused' : undefined })}
          />
          refused only
        </label>
      </div>
    </>
  );
}

/** Finds a group, an address, a name or a host, and shows it with its neighbors. */
function FocusBox({ nodes, search: { focus }, onChange }: Pick<GroupToolsProps, 'nodes' | 'search' | 'onChange'>) {
  const nameOf = nameNodes(nodes);
  const said = focus === undefined ? '' : nameOf(focus);
  const [text, setText] = useState(said);
  useEffect(() => setText(said), [said]);
  const found = nodes.filter(({ name }) => name.includes(text.trim()));
  const options = found.slice(0, 12).map(({ id, name, kind, members }) => ({
    key: id,
    value: name,
    detail: members === null ? kind : plural(members, 'container'),
  }));
  const choose = (chosen: string) => {
    const name = chosen.trim();
    const node = nodes.find((each) => each.name === name) ?? (name === '' ? undefined : found[0]);
    onChange({ focus: node?.id, edge: undefined });
  };
  return (
    <Combobox
      id={filterId}
      label="Find a group"
      placeholder="find a group…"
      inputClass={css.find}
      value={text}
      options={text === said ? [] : options}
      onChange={(next) => {
        setText(next);
        if (next === '' && focus !== undefined) onChange({ focus: undefined });
      }}
      onChoose={choose}
    />
  );
}
