import { useQuery } from '@tanstack/react-query';
import { suggestQuery } from '../api/queries.ts';
import { Combobox } from './combobox.tsx';
import { useDelayed } from './delayed.ts';
import { plural } from './format.ts';

/** The one search box of a page; the key `/` finds it by this ID. */
export const searchId = 'who-runs-search';

interface ComponentSearchProps {
  readonly value: string;
  readonly placeholder?: string;
  readonly inputClass?: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onChoose: (name: string) => void;
}

/** Names of components as they are typed. */
export function ComponentSearch({ value, onChange, onChoose, placeholder = '', inputClass }: ComponentSearchProps) {
  const prefix = useDelayed(value.trim(), 90);
  const suggestions = useQuery(suggestQuery(prefix));
  const options = (value.trim() === '' ? [] : (suggestions.data?.items ?? [])).map((item) => ({
    key: `${item.ecosystem}:${item.name}`,
    value: item.name,
    detail: `${item.ecosystem} · in ${plural(item.subjects, 'place')}`,
  }));
  return (
    <Combobox
      id={searchId}
      label="Who runs: name of a component"
      value={value}
      placeholder={placeholder}
      inputClass={inputClass}
      options={options}
      onChange={onChange}
      onChoose={(name) => {
        if (name.trim() !== '') onChoose(name.trim());
      }}
    />
  );
}
