import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { certificatesAtQuery } from '../../api/certificate-queries.ts';
import { Combobox } from '../../parts/combobox.tsx';
import { filterId } from '../../parts/filter-box.tsx';
import css from './certificates.module.css';

interface PlaceBoxProps {
  readonly place: string;
  readonly onChoose: (place: string) => void;
}

/** Narrows to a registry or a repository. A part of a name is none, so it counts when it is chosen, not while it is typed. */
export function PlaceBox({ place, onChoose }: PlaceBoxProps) {
  const [text, setText] = useState(place);
  useEffect(() => setText(place), [place]);
  const { data } = useQuery(certificatesAtQuery({}));
  const places = new Set(data?.items.flatMap(({ registry, repository }) => [registry, `${registry}/${repository}`]));
  const options = [...places]
    .filter((each) => each !== text && each.includes(text.trim()))
    .slice(0, 12)
    .map((value) => ({ key: value, value, detail: value.includes('/') ? 'repository' : 'registry' }));
  return (
    <div className={css.place}>
      <Combobox
        id={filterId}
        label="Filter by registry or repository"
        placeholder="registry/repository"
        inputClass={css.placeInput}
        value={text}
        options={options}
        onChange={(next) => {
          setText(next);
          if (next === '') onChoose('');
        }}
        onChoose={(chosen) => onChoose(chosen.trim())}
      />
    </div>
  );
}
